import { givenSetup, ready } from './server.ts'
import { wediApp } from './wedi.ts'

const app = await wediApp(givenSetup())
/** Agents that claim are served; nothing else of what follows from commits is done while others are measured. */
app.services.tasks.start()
ready(await app.http.listen({ host: '127.0.0.1', port: 0 }))
