// The suite's own origin, beside which one says which request of a test comes next: PUT /next/<test>/<number>.
//
// The suite says that in a header of each request. Our cache sends a service nothing that is not part of the key, so the
// header would never arrive; here nobody sends it through a cache.
//
// node origin.mjs PACKAGE PORT

import http from 'node:http'
import { pathToFileURL } from 'node:url'

const [root, port] = process.argv.slice(2)
const part = async name => (await import(pathToFileURL(`${root}/server/handle-${name}.mjs`))).default
const handlers = { config: await part('config'), state: await part('state'), test: await part('test') }
const next = new Map()

http.createServer((request, response) => {
  const [kind, test, number] = new URL(request.url, 'http://origin').pathname.slice(1).split('/')
  if (kind === 'next') {
    next.set(test, number)
    response.end()
  } else if (kind in handlers) {
    if (kind === 'test') request.headers['req-num'] = next.get(test)
    handlers[kind]([test], request, response)
  } else {
    response.writeHead(404).end()
  }
}).listen(Number(port), '127.0.0.1')
