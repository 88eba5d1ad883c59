import { expect, it } from 'vitest'
import { CALLER, networkOf, PLACE } from './address.ts'

it.each([
  ['203.0.113.77', '203.0.113.0/24', '203.0.113.77/32'],
  ['::ffff:203.0.113.77', '203.0.113.0/24', '203.0.113.77/32'],
  ['2001:db8:1234:5678:9abc:def0:1234:5678', '2001:db8:1234::/48', '2001:db8:1234:5678::/64'],
  ['::1', '::/48', '::/64'],
  ['', 'unknown', 'unknown'],
  ['not an address', 'unknown', 'unknown'],
])('of %s the place is %s and the caller %s', (address, place, caller) => {
  expect([networkOf(address, PLACE), networkOf(address, CALLER)]).toEqual([place, caller])
})
