/** The page from a server on loopback. */
import { build, type InlineConfig, mergeConfig, preview } from "vite";
import { playground } from "../../vite.config.ts";

const HOST = "127.0.0.1";

export interface ServeOptions {
  /** Default: the next that is free from 4173. 0: any. */
  readonly port?: number;
  /** Where the built page is put; default `dist`. */
  readonly folder?: string;
}
export interface Served {
  /** The address, which only this machine reaches. */
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the page and serves it. */
export async function serve({ port = 4173, folder = "dist" }: ServeOptions = {}): Promise<Served> {
  const config: InlineConfig = mergeConfig(playground, {
    configFile: false, logLevel: "warn", build: { outDir: folder, emptyOutDir: true }, preview: { host: HOST, port },
  });
  await build(config);
  const server = await preview(config);
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { url: `http://${HOST}:${address.port}/`, close: () => server.close() };
}
