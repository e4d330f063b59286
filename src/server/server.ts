/**
 * The HTTP server: OpenAI's API over an engine. Built apart from listening, so that tests inject requests
 * without a port.
 *
 * A completion's way: guards (host, origin, key) -> body read field by field -> template, tokens -> engine ->
 * events -> text -> JSON or server-sent events. Closing lets what is in flight end, answers what is new with
 * 503, and closes the engine.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import type { RequestRecord } from '../engine/request-record.js';
import { PLAIN_SAMPLING } from '../base/sampling-options.js';
import { GrammarCompiler } from '../constraints/grammar-compiler.js';
import { TokenTable } from './codec.js';
import { completionRoutes } from './completion-routes.js';
import type { ServerContext, ServerOptions } from './context.js';
import { EmbeddingLine } from './embedding-line.js';
import { draftRoutes } from './draft-routes.js';
import { embeddingRoutes } from './embedding-routes.js';
import { answerExpectation, answerParserError, installErrorHandling, sendError } from './failures.js';
import { type AllEngines, FurtherModels, together } from './further-models.js';
import { ApiKeys, requireApiKey } from './guards.js';
import { readJsonBodies } from './json-body.js';
import { llamaServerRoutes } from './llama-server-routes.js';
import { messagesRoutes } from './messages-routes.js';
import { ServerMetrics } from './metrics.js';
import { modelRoutes } from './model-routes.js';
import { checkOrigins, requireOwnHost } from './origins.js';
import { RequestJournal } from './request-journal.js';
import { rerankRoutes } from './rerank-routes.js';
import { responsesRoutes } from './responses-routes.js';
import { limitBodies, limitPipelining } from './room.js';
import { expectProgress } from './sse.js';
import { ServerStatistics, type ListModels } from './statistics.js';
import { nowField } from './stats-format.js';
import { StatisticsFeed } from './stats-feed.js';
import { statsRoutes, textsOf } from './stats-routes.js';
import { TaskRouting } from './task-routing.js';
import { statusRoutes, tokenRoutes } from './status-routes.js';
import { taskDraftRoutes } from './task-draft-routes.js';
import { TaskDrafts } from './task-drafts.js';

export type { ServerOptions } from './context.js';

/** An idle connection is asked for a sign of life after so long. */
const KEEP_ALIVE_MS = 30_000;
const MEBIBYTE = 1024 * 1024;
/** Least room for the bodies of all requests that are not answered yet. */
const BODIES_BYTES = 128 * MEBIBYTE;
/** After the engine has ended every request, how long the last bytes may take to reach slow clients. */
const LAST_BYTES_MS = 2_000;

/** The app with the engines of all models that it serves. */
export type ServerApp = FastifyInstance & {
  readonly engines: AllEngines;
  /** Undefined where prompts are not told apart. */
  readonly tasks: TaskRouting | undefined;
};

/** Builds the app; `close()` also closes the engines. */
export function buildServer(options: ServerOptions): ServerApp {
  const { engine } = options;
  const bodyLimitBytes = options.bodyLimitBytes ?? 8 * MEBIBYTE;
  const app = Fastify({
    ...ROUTING,
    bodyLimit: bodyLimitBytes,
    // A request that trickles in holds a connection no longer than this.
    requestTimeout: 120_000,
    // Closing takes as long as the requests in flight: `shutdownGraceMs` bounds it, not fastify.
    pluginTimeout: 0,
    // Answered by the hook below, in OpenAI's shape.
    return503OnClosing: false,
    clientErrorHandler: answerParserError,
    // Refused by `requireOwnHost`, with words.
    http: { requireHostHeader: false },
  });
  const onErrors = { bodyLimitBytes, onInternalError: options.onInternalError ?? (() => undefined) };
  const further = new FurtherModels(
    options.furtherModels ?? [],
    options.furtherModelsBytes ?? Infinity,
    ({ id, path }, loaded) => {
      const routes = Fastify({ ...ROUTING, bodyLimit: bodyLimitBytes });
      const context = contextOf(shared, { modelId: id, modelPath: path, ...loaded });
      installErrorHandling(routes, onErrors);
      letGoOfSilence(routes, context.stallTimeoutMs);
      installRoutes(routes, context);
      return routes;
    },
  );
  const engines = together(engine, further);
  const tables = new Map<string, TokenTable>();
  const statistics = new ServerStatistics({ tokens: options.statsTexts === true });
  const served: ListModels = () => [{ id: options.modelId, state: 'loaded', engine }, ...further.list()];
  const shared: Shared = {
    options,
    served,
    statistics,
    tables,
    startedAt: Math.floor(Date.now() / 1000),
    metrics: new ServerMetrics(engines, served, statistics),
    grammars: new GrammarCompiler(),
    keys: new ApiKeys(options.apiKeys ?? []),
  };
  const context = contextOf(shared, options);

  installErrorHandling(app, onErrors);
  app.server.on('checkExpectation', answerExpectation);
  limitPipelining(app);
  limitBodies(app, Math.max(BODIES_BYTES, 4 * bodyLimitBytes));
  readJsonBodies(app);
  requireOwnHost(app, { listensOn: options.listensOn, allowed: options.allowedHosts ?? [] });
  checkOrigins(app, options.corsOrigins ?? []);
  letGoOfSilence(app, context.stallTimeoutMs);
  refuseWhileClosing(app, context);
  requireApiKey(app, context.keys, options.openMetrics ?? false);
  app.addHook('onResponse', (request, reply, done) => {
    context.metrics.responded(request.routeOptions.url ?? 'unknown', reply.raw.statusCode);
    done();
  });

  further.install(app);
  installRoutes(app, context);
  modelRoutes(app, context);
  draftRoutes(app, context, options.draftsDir);
  const taskDrafts =
    options.taskDrafts &&
    new TaskDrafts(engine, options.taskDrafts, (reloaded) => {
      options.onDraftsReloaded?.(reloaded);
      void context.tasks?.reload();
    });
  taskDraftRoutes(app, taskDrafts);
  if (taskDrafts !== undefined) {
    takeUp(app, taskDrafts);
    context.tasks?.loadBy(taskDrafts);
  }
  const feed = new StatisticsFeed({
    stallTimeoutMs: context.stallTimeoutMs,
    now: (model) => {
      const engine = served().find(({ id }) => id === model)?.engine;
      return nowField(engine, statistics.of(model));
    },
    textOf: (model, record) => textsOf(tables.get(model), record),
  });
  statistics.listen(feed);
  const { tasks } = context;
  if (tasks !== undefined) shared.metrics.tellRouting(tasks.router);
  statsRoutes(app, shared.startedAt, served, statistics, feed, (id) =>
    id === options.modelId && tasks?.active === true ? tasks.router : undefined,
  );
  closeWithEngines(app, context, further, feed, options);
  return Object.assign(app, { engines, tasks });
}

/** How paths are read, of every model's routes. */
const ROUTING: FastifyServerOptions = {
  routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
  frameworkErrors: (error, _request, reply: FastifyReply) => {
    void sendError(reply, new ForetokenError('invalid_request', error.message));
  },
};

/** What the routes of all models have in common. */
interface Shared extends Pick<ServerContext, 'served' | 'startedAt' | 'metrics' | 'grammars' | 'keys'> {
  readonly options: ServerOptions;
  readonly statistics: ServerStatistics;
  /** By model, of those that have been loaded. */
  readonly tables: Map<string, TokenTable>;
}

/** What the routes of one model need; its steps are counted from now on. */
function contextOf(
  { options, statistics, tables, ...shared }: Shared,
  model: Pick<ServerOptions, 'engine' | 'codec' | 'modelId' | 'modelPath' | 'sampling'>,
): ServerContext {
  const { engine, codec } = model;
  const table = new TokenTable(codec);
  tables.set(model.modelId, table);
  const isFirst = model.engine === options.engine;
  const tasks =
    isFirst && options.tasks !== undefined
      ? new TaskRouting(engine, table, options.tasks, options.onTaskProblem)
      : undefined;
  statistics.watch(model.modelId, engine, (id) => tasks?.router.routeOf(id));
  const taskOf = tasks && (({ label }: RequestRecord) => tasks.router.taskOf(label));
  const journal = options.journal && new RequestJournal(options.journal, { ...model, table }, taskOf);
  // Last, since it forgets a request at its end.
  tasks?.start();
  return {
    ...shared,
    engine,
    codec,
    table,
    limits: {
      vocabularySize: codec.vocabularySize,
      sequenceCapacity: engine.info.sequenceCapacity,
      // They change with the drafts.
      get proposers() {
        return engine.info.proposers;
      },
      sampling: { ...PLAIN_SAMPLING, ...model.sampling },
      strict: options.strict ?? false,
    },
    modelId: model.modelId,
    modelPath: model.modelPath,
    systemFingerprint: options.systemFingerprint ?? 'foretoken',
    embeddingQueueLimit: options.embeddingQueueLimit ?? 64,
    stallTimeoutMs: options.stallTimeoutMs ?? 30_000,
    journal,
    tasks,
    closing: false,
  };
}

function installRoutes(app: FastifyInstance, context: ServerContext): void {
  completionRoutes(app, context);
  messagesRoutes(app, context);
  responsesRoutes(app, context);
  const line = new EmbeddingLine(context);
  embeddingRoutes(app, context, line);
  rerankRoutes(app, context, line);
  statusRoutes(app, context);
  tokenRoutes(app, context);
  llamaServerRoutes(app, context);
}

/**
 * Binds the app to an address.
 * @returns the address as a URL, with the port that was really taken where `port` is 0
 */
export async function listen(
  app: FastifyInstance,
  address: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    // The default backlog (511) drops connections of a burst that the queue limit is there to answer.
    return await app.listen({ ...address, backlog: 4096 });
  } catch (thrown) {
    throw cannotListen(address, thrown as NodeJS.ErrnoException);
  }
}

/** What is wrong with an address, and what would do. */
export function cannotListen(
  { host, port }: { readonly host: string; readonly port: number },
  cause: NodeJS.ErrnoException,
): ForetokenError {
  const place = `${host}:${port}`;
  switch (cause.code) {
    case 'EADDRINUSE':
      return new ForetokenError(
        'address_in_use',
        `${place} is in use by another program; stop it or choose another --port.`,
        { param: 'port', cause },
      );
    case 'EACCES':
      return new ForetokenError(
        'invalid_option',
        `The system does not let this user listen on ${place}; choose a --port from 1024 on, such as 8080.`,
        { param: 'port', cause },
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EADDRNOTAVAIL':
      return new ForetokenError(
        'invalid_option',
        `${JSON.stringify(host)} is no address of this machine; choose --host 127.0.0.1 for this machine alone, or ` +
          '0.0.0.0 for all its addresses.',
        { param: 'host', cause },
      );
    case undefined:
    default:
      return new ForetokenError('invalid_option', `Cannot listen on ${place}: ${cause.message}`, { cause });
  }
}

/** Loads the drafts of tasks once the server listens, and again when they change. */
function takeUp(app: FastifyInstance, drafts: TaskDrafts): void {
  app.addHook('onListen', (done) => {
    drafts.watch();
    // What goes wrong is in the result that is told.
    drafts.reload().catch(() => undefined);
    done();
  });
  app.addHook('preClose', (done) => {
    drafts.close();
    done();
  });
}

function refuseWhileClosing(app: FastifyInstance, context: ServerContext): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const open =
      !context.closing || ['/health', '/metrics', '/v1/stats'].includes(request.routeOptions.url ?? '');
    done(
      open
        ? undefined
        : new ForetokenError('shutting_down', 'The server is shutting down and takes no more requests.'),
    );
  });
}

/** Connections whose other end is gone, or never takes what it asked for, end in time. */
function letGoOfSilence(app: FastifyInstance, stallTimeoutMs: number): void {
  app.server.on('connection', (connection: Duplex) => {
    // Of the library, both ends are in this process.
    if (connection instanceof Socket) connection.setKeepAlive(true, KEEP_ALIVE_MS);
  });
  // From here on only the client can keep the answer waiting; Node ends a connection on which nothing moves. (Streams
  // have their own rule: `sse.ts`.)
  app.addHook('onSend', (_request, reply, _payload, done) => {
    expectProgress(reply.raw, stallTimeoutMs);
    done();
  });
}

function closeWithEngines(
  app: FastifyInstance,
  context: ServerContext,
  further: FurtherModels,
  feed: StatisticsFeed,
  { journal, shutdownGraceMs: graceMs = 30_000 }: ServerOptions,
): void {
  app.addHook('preClose', async () => {
    context.closing = true;
    // Every request in flight has its last event when this returns.
    await Promise.all([context.engine.close({ graceMs }), further.close(graceMs)]);
    feed.close();
    context.tasks?.close();
    await journal?.close();
    context.codec.close?.();
    await context.grammars.close();
    // fastify waits for open connections; one whose client does not read must not hold the process.
    setTimeout(() => {
      app.server.closeAllConnections();
    }, LAST_BYTES_MS).unref();
  });
}
