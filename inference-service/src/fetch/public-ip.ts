// SPDX-License-Identifier: Apache-2.0
import ipaddr from 'ipaddr.js';

/** All of the public IPv6 internet; ipaddr.js calls addresses outside of it `unicast` too, such as `::127.0.0.1`. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Whether an IP address belongs to the public internet: not loopback, private, link-local, shared, mapped to one … */
export function isPublicIp(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  if (ip.range() !== 'unicast') return false;
  return ip instanceof ipaddr.IPv4 || ip.match(GLOBAL_UNICAST);
}
