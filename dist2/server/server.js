import Fastify, {} from 'fastify';
import { ForetokenError } from '../base/errors.js';
import { PLAIN_SAMPLING } from '../base/sampling-options.js';
import { GrammarCompiler } from '../constraints/grammar-compiler.js';
import { TokenTable } from './codec.js';
import { completionRoutes } from './completion-routes.js';
import { EmbeddingLine } from './embedding-line.js';
import { embeddingRoutes } from './embedding-routes.js';
import { answerParserError, installErrorHandling, sendError } from './failures.js';
import { FurtherModels, together } from './further-models.js';
import { ApiKeys, requireApiKey } from './guards.js';
import { readJsonBodies } from './json-body.js';
import { llamaServerRoutes } from './llama-server-routes.js';
import { messagesRoutes } from './messages-routes.js';
import { ServerMetrics } from './metrics.js';
import { modelRoutes } from './model-routes.js';
import { checkOrigins, requireOwnHost } from './origins.js';
import { rerankRoutes } from './rerank-routes.js';
import { responsesRoutes } from './responses-routes.js';
import { expectProgress } from './sse.js';
import { ServerStatistics } from './statistics.js';
import { nowField } from './stats-format.js';
import { StatisticsFeed } from './stats-feed.js';
import { statsRoutes, textsOf } from './stats-routes.js';
import { statusRoutes, tokenRoutes } from './status-routes.js';
/** An idle connection is asked for a sign of life after so long. */
const KEEP_ALIVE_MS = 30_000;
const MEBIBYTE = 1024 * 1024;
/** After the engine has ended every request, how long the last bytes may take to reach slow clients. */
const LAST_BYTES_MS = 2_000;
/** Builds the app; `close()` also closes the engines. */
export function buildServer(options) {
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
    });
    const onErrors = { bodyLimitBytes, onInternalError: options.onInternalError ?? (() => undefined) };
    const further = new FurtherModels(options.furtherModels ?? [], options.furtherModelsBytes ?? Infinity, ({ id, path }, loaded) => {
        const routes = Fastify({ ...ROUTING, bodyLimit: bodyLimitBytes });
        const context = contextOf(shared, { modelId: id, modelPath: path, ...loaded });
        installErrorHandling(routes, onErrors);
        letGoOfSilence(routes, context.stallTimeoutMs);
        installRoutes(routes, context);
        return routes;
    });
    const engines = together(engine, further);
    const tables = new Map();
    const statistics = new ServerStatistics({ tokens: options.statsTexts === true });
    const served = () => [{ id: options.modelId, state: 'loaded', engine }, ...further.list()];
    const shared = {
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
    const feed = new StatisticsFeed({
        stallTimeoutMs: context.stallTimeoutMs,
        now: (model) => {
            const engine = served().find(({ id }) => id === model)?.engine;
            return nowField(engine, statistics.of(model));
        },
        textOf: (model, record) => textsOf(tables.get(model), record),
    });
    statistics.listen(feed);
    statsRoutes(app, shared.startedAt, served, statistics, feed);
    closeWithEngines(app, context, further, feed, options.shutdownGraceMs ?? 30_000);
    return Object.assign(app, { engines });
}
/** How paths are read, of every model's routes. */
const ROUTING = {
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => {
        void sendError(reply, new ForetokenError('invalid_request', error.message));
    },
};
/** What the routes of one model need; its steps are counted from now on. */
function contextOf({ options, statistics, tables, ...shared }, model) {
    const { engine, codec } = model;
    const table = new TokenTable(codec);
    tables.set(model.modelId, table);
    statistics.watch(model.modelId, engine);
    return {
        ...shared,
        engine,
        codec,
        table,
        limits: {
            vocabularySize: codec.vocabularySize,
            sequenceCapacity: engine.info.sequenceCapacity,
            proposers: engine.info.proposers,
            sampling: { ...PLAIN_SAMPLING, ...model.sampling },
            strict: options.strict ?? false,
        },
        modelId: model.modelId,
        modelPath: model.modelPath,
        systemFingerprint: options.systemFingerprint ?? 'foretoken',
        embeddingQueueLimit: options.embeddingQueueLimit ?? 64,
        stallTimeoutMs: options.stallTimeoutMs ?? 30_000,
        closing: false,
    };
}
function installRoutes(app, context) {
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
export async function listen(app, address) {
    try {
        // The default backlog (511) drops connections of a burst that the queue limit is there to answer.
        return await app.listen({ ...address, backlog: 4096 });
    }
    catch (thrown) {
        const { code, message } = thrown;
        const place = `${address.host}:${address.port}`;
        if (code === 'EADDRINUSE')
            throw new ForetokenError('address_in_use', `${place} is in use by another program; stop it or choose another --port.`, { param: 'port', cause: thrown });
        throw new ForetokenError('invalid_option', `Cannot listen on ${place}: ${message}`, { cause: thrown });
    }
}
function refuseWhileClosing(app, context) {
    app.addHook('onRequest', (request, _reply, done) => {
        const open = !context.closing || ['/health', '/metrics', '/v1/stats'].includes(request.routeOptions.url ?? '');
        done(open
            ? undefined
            : new ForetokenError('shutting_down', 'The server is shutting down and takes no more requests.'));
    });
}
/** Connections whose other end is gone, or never takes what it asked for, end in time. */
function letGoOfSilence(app, stallTimeoutMs) {
    app.server.on('connection', (socket) => {
        socket.setKeepAlive(true, KEEP_ALIVE_MS);
    });
    // From here on only the client can keep the answer waiting; Node ends a connection on which nothing moves. (Streams
    // have their own rule: `sse.ts`.)
    app.addHook('onSend', (_request, reply, _payload, done) => {
        expectProgress(reply.raw, stallTimeoutMs);
        done();
    });
}
function closeWithEngines(app, context, further, feed, graceMs) {
    app.addHook('preClose', async () => {
        context.closing = true;
        // Every request in flight has its last event when this returns.
        await Promise.all([context.engine.close({ graceMs }), further.close(graceMs)]);
        feed.close();
        context.codec.close?.();
        await context.grammars.close();
        // fastify waits for open connections; one whose client does not read must not hold the process.
        setTimeout(() => {
            app.server.closeAllConnections();
        }, LAST_BYTES_MS).unref();
    });
}
//# sourceMappingURL=server.js.map