export type { Connection } from './connection.js'
export { createGateway, type Gateway, type GatewayLimits, type GatewayOptions } from './gateway.js'
export type { Address, Endpoint } from './listen.js'
