// A way to the server that can be cut, as a train's tunnel cuts it: a TCP proxy in this process.
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** The proxy: where it listens, and how its open connections are cut. */
export interface Cuttable {
  /** The address to use in place of the server's, without a trailing slash. */
  url: string;
  /** Cuts all connections that are open; new ones are let through. */
  cut(): void;
  /** Ends it. */
  close(): void;
}

/** A proxy before the server at `url`, which must be plain HTTP. */
export async function cuttable(url: string): Promise<Cuttable> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port || 80), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.pipe(other);
      // A connection that was cut fails on both sides; that is the point.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => open.forEach((socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
}
