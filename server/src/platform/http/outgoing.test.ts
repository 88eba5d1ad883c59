import { createSocket } from 'node:dgram'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { faultOfUrl, type Lookup, reachOf, resolving } from './addresses.ts'
import { AddressRefused, outgoing } from './outgoing.ts'

const servers: { close(): unknown }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listening<T extends Server | ReturnType<typeof createSocketServer>>(server: T): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const leadingTo =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

const ask = (url: string, settings: Partial<Parameters<typeof outgoing>[0]> = {}, timeoutMs = 2000) =>
  outgoing({ allowsPrivate: false, ...settings }).post({
    ...{ url, headers: {}, body: '{}', timeoutMs, signal: new AbortController().signal },
  })

const HIDDEN = [
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '0.1.2.3', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.64.0.1', '100.127.255.255', '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1'],
  ...['203.0.113.1', '192.88.99.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::ffff:0:10.0.0.1'],
  ...['64:ff9b::10.0.0.1', '64:ff9b:1::1', '2002:7f00:1::1', '2001::1', '2001:db8::1', '2001:10::1', '2001:20::1'],
  ...['fe80::1', 'fec0::1', 'fc00::1', 'fd12:3456::1', 'ff02::1', '100::1', '3fff::1', '4000::1'],
]

describe('an address', () => {
  it.each(HIDDEN)('%s is not public', (address) => {
    expect(reachOf(address)).not.toBe('public')
  })

  it.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is',
    (address) => {
      expect(reachOf(address)).toBe('public')
    },
  )
})

describe('a url', () => {
  it.each([
    ...HIDDEN.map((address) => `https://${address.includes(':') ? `[${address}]` : address}/hook`),
    ...[
      'https://localhost/hook',
      'https://LOCALHOST.',
      'https://a.localhost/',
      'https://2130706433/',
      'https://0x7f.1/',
    ],
    ...['https://0177.0.0.1/', 'https://127.1/', 'http://example.com/', 'ftp://example.com/', 'file:///etc/passwd'],
    ...['https://user:password@example.com/', 'https://user@example.com/', 'nonsense', '', 'https://'],
  ])('%s is refused', (url) => {
    expect(faultOfUrl(url, { allowsPrivate: false })).toBeDefined()
  })

  it.each(['https://example.com/hook?token=1', 'https://8.8.8.8:8443/', 'https://[2606:4700::1111]/'])(
    '%s is not',
    (url) => {
      expect(faultOfUrl(url, { allowsPrivate: false })).toBeUndefined()
    },
  )

  it.each([
    ['https://10.0.0.1/', true],
    ['http://127.0.0.1:80/', true],
    ['http://[::1]/', true],
    ['http://localhost/', true],
    ['http://10.0.0.1/', false],
    ['http://example.com/', false],
    ['https://user@example.com/', false],
  ])('%s, where private addresses are allowed: %s', (url, isAllowed) => {
    expect(faultOfUrl(url, { allowsPrivate: true }) === undefined).toBe(isAllowed)
  })
})

describe('a name', () => {
  it.each(HIDDEN)('that leads to %s is refused, also beside a public address', async (address) => {
    const lookup = leadingTo('8.8.8.8', address)
    await expect(ask('https://example.com/', { lookup })).rejects.toThrow(AddressRefused)
  })

  it('that leads nowhere is refused', async () => {
    await expect(ask('https://example.com/', { lookup: leadingTo() })).rejects.toThrow(AddressRefused)
  })

  it('is looked up anew for each request, once, and the connection goes to what was checked', async () => {
    const port = await listening(createServer((_request, response) => response.writeHead(204).end()))
    let looks = 0
    // The second look leads to where nobody listens: it would be seen.
    const lookup: Lookup = async () => [{ address: ++looks % 2 === 1 ? '127.0.0.1' : '127.0.0.9', family: 4 }]
    const settings = { allowsPrivate: true, lookup }
    expect(await ask(`http://localhost:${port}/`, settings)).toBe(204)
    expect(looks).toBe(1)
    await expect(ask(`http://localhost:${port}/`, settings)).rejects.toThrow(/ECONNREFUSED/)
    expect(looks).toBe(2)
  })

  it('that led to the world leads to this machine a moment later: no request arrives', async () => {
    const arrived: string[] = []
    const port = await listening(createServer((request, response) => response.end(arrived.push(request.url ?? ''))))
    let looks = 0
    const lookup: Lookup = async () => [{ address: ++looks === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }]
    await expect(ask(`https://example.com:${port}/`, { lookup })).rejects.toThrow(AddressRefused)
    await expect(ask(`https://example.com:${port}/`, { lookup })).rejects.toThrow(AddressRefused)
    expect(arrived).toEqual([])
  })

  it('without encryption leads to this machine only, also where private addresses are allowed', async () => {
    const settings = { allowsPrivate: true, lookup: leadingTo('10.0.0.1') }
    await expect(ask('http://localhost/', settings)).rejects.toThrow(AddressRefused)
  })
})

describe('a name server', () => {
  /** Answers questions about addresses of either family. */
  async function nameServer(known: { A: string; AAAA: Buffer }): Promise<string> {
    const socket = createSocket('udp4')
    servers.push(socket)
    socket.on('message', (question, { port, address }) => {
      const end = question.indexOf(0, 12) + 5
      const isFour = question.readUInt16BE(end - 4) === 1
      const said = isFour ? Buffer.from(known.A.split('.').map(Number)) : known.AAAA
      const header = Buffer.concat([question.subarray(0, 2), Buffer.from('81800001000100000000', 'hex')])
      const answer = Buffer.from([0xc0, 12, 0, isFour ? 1 : 28, 0, 1, 0, 0, 0, 60, 0, said.length])
      socket.send(Buffer.concat([header, question.subarray(12, end), answer, said]), port, address)
    })
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return `127.0.0.1:${socket.address().port}`
  }

  it('is asked for both families itself, not through the few threads of the system', async () => {
    const AAAA = Buffer.from('26064700000000000000000000001111', 'hex')
    const lookup = resolving([await nameServer({ A: '8.8.8.8', AAAA })])
    expect(await lookup('hooks.example', { all: true })).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
  })
})

describe('an answer', () => {
  const local = { allowsPrivate: true }

  it('that leads elsewhere is an answer, and is not followed', async () => {
    const arrived: string[] = []
    const port = await listening(
      createServer((request, response) => {
        arrived.push(request.url ?? '')
        response.writeHead(307, { location: '/elsewhere' }).end()
      }),
    )
    expect(await ask(`http://127.0.0.1:${port}/hook`, local)).toBe(307)
    expect(arrived).toEqual(['/hook'])
  })

  it('without an end is cut off', async () => {
    const port = await listening(
      createServer((_request, response) => {
        response.writeHead(200)
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(4096))) {}
        }
        response.on('drain', more)
        more()
      }),
    )
    expect(await ask(`http://127.0.0.1:${port}/`, local)).toBe(200)
  })

  it('that wants to speak another protocol is an answer', async () => {
    const switching = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'
    const port = await listening(createSocketServer((socket) => socket.once('data', () => socket.write(switching))))
    expect(await ask(`http://127.0.0.1:${port}/`, local)).toBe(101)
  })

  it('that does not come because the connection is closed is none', async () => {
    const port = await listening(createSocketServer((socket) => socket.once('data', () => socket.destroy())))
    await expect(ask(`http://127.0.0.1:${port}/`, local)).rejects.toThrow(/hang up|without an answer/)
  })

  it('that does not come is waited for no longer than told', async () => {
    const port = await listening(createSocketServer(() => {}))
    await expect(ask(`http://127.0.0.1:${port}/`, local, 200)).rejects.toMatchObject({ name: 'TimeoutError' })
    const lookup: Lookup = () => new Promise(() => {})
    await expect(ask('https://example.com/', { lookup }, 200)).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
