import { givenSetup, ready } from './server.ts'
import { wediApp } from './wedi.ts'

const app = await wediApp(givenSetup())
ready(await app.http.listen({ host: '127.0.0.1', port: 0 }))
