/** For tests against a real engine: server, engine and model, by default the bundled one, behind a port of the loopback interface. */
import { readFileSync } from 'node:fs';
import { after } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { bundledTarget } from '../base/bundled.js';
import { startEngine } from '../engine/engine.js';
import type { EngineHandle, EngineOptions, ModelOptions } from '../engine/types.js';
import { LlamaCodec } from './llama-codec.js';
import { buildServer, listen, type ServerOptions } from './server.js';

export const PARALLEL = 4;
export const QUEUE_LIMIT = 16;

/** What differs from the usual. */
export interface RealServerOptions {
  readonly modelPath?: string;
  readonly modelId?: string;
  readonly model?: Partial<ModelOptions>;
  readonly engine?: Partial<EngineOptions>;
  readonly server?: Partial<ServerOptions>;
}

export class RealServer {
  readonly #options: RealServerOptions;
  readonly #modelPath: string;
  #engine: EngineHandle | undefined;
  #app: FastifyInstance | undefined;
  #url = '';
  readonly #closing: (() => Promise<unknown>)[] = [];

  constructor(options: RealServerOptions = {}) {
    this.#options = options;
    this.#modelPath = options.modelPath ?? bundledTarget();
  }

  /** To inject requests into. */
  get app(): FastifyInstance {
    return this.#app!;
  }

  get engine(): EngineHandle {
    return this.#engine!;
  }

  /** `http://127.0.0.1:…`. */
  get url(): string {
    return this.#url;
  }

  /** What OpenAI's clients take as base URL. */
  get baseURL(): string {
    return `${this.#url}/v1`;
  }

  async start(): Promise<void> {
    this.#engine = await startEngine(
      {
        modelPath: this.#modelPath,
        draftPath: undefined,
        contextSize: 0,
        parallel: PARALLEL,
        batchSize: 512,
        microBatchSize: 512,
        // Two would wait for each other whenever another test holds a core: 0.7 s a step was seen, not 0.03.
        threads: 1,
        gpu: 'none',
        gpuLayers: 0,
        kvUnified: undefined,
        loraPaths: [],
        calibration: 'off',
        ...this.#options.model,
      },
      {
        parallel: PARALLEL,
        queueLimit: QUEUE_LIMIT,
        prefillChunk: 256,
        speculation: {
          mode: 'auto',
          length: 16,
          proposers: ['lookup', 'suffix', 'grammar'],
          lookupMinNgram: 2,
          suffixBytes: 2 ** 20,
        },
        ...this.#options.engine,
      },
    );
    this.#url = await this.serve();
  }

  /** Another app over the same engine. @returns its URL */
  async serve(apiKeys: readonly string[] = []): Promise<string> {
    const modelPath = this.#modelPath;
    const codec = LlamaCodec.open(modelPath);
    const app = buildServer({
      engine: this.engine,
      codec,
      modelId: this.#options.modelId ?? 'demo',
      modelPath,
      apiKeys,
      shutdownGraceMs: 0,
      ...this.#options.server,
    });
    this.#app ??= app;
    this.#closing.push(async () => {
      await app.close();
      codec.dispose();
    });
    return listen(app, { host: '127.0.0.1', port: 0 });
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close();
  }
}

/** Runs until the tests of the file or suite that asks for it are over. */
export async function realServer(options?: RealServerOptions): Promise<RealServer> {
  const server = new RealServer(options);
  after(() => server.close());
  await server.start();
  return server;
}

/** A client with the version that is installed, for the names of suites. */
export function withVersion(...packages: readonly string[]): string {
  return packages
    .map((name) => {
      const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
      return `${name} ${version}`;
    })
    .join(', ');
}
