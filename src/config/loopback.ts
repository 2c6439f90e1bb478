/** Does the host of a URL, or of `host:port`, name this machine? What goes there cannot be read on the way. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
