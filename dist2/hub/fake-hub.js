/**
 * A small hub on loopback for tests: repositories in memory, behind the paths and headers of the real one, and the
 * ways in which a network fails. Large files live on a second server, to which the first redirects, as the real hub
 * redirects to its store.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
export const COMMIT = 'c0ffee'.padEnd(40, '0');
export class FakeHub {
    repositories = new Map();
    faults = [];
    /** Faults of the answers that carry no file. */
    apiFaults = [];
    /** Every request: `GET /path`, with its range and whether a token came. */
    log = [];
    /** Entries of lists that are made to mislead. */
    extraEntries = [];
    /** Files of one page of a list. */
    pageSize = 1000;
    #hub;
    #store;
    #open = new Set();
    constructor() {
        this.#hub = createServer((request, response) => {
            this.#answer(request, response, false);
        });
        this.#store = createServer((request, response) => {
            this.#answer(request, response, true);
        });
    }
    static async start() {
        const hub = new FakeHub();
        for (const server of [hub.#hub, hub.#store])
            await new Promise((resolve) => {
                server.listen(0, '127.0.0.1', resolve);
            });
        return hub;
    }
    get endpoint() {
        return addressOf(this.#hub);
    }
    settings(cache, more = {}) {
        return { endpoint: this.endpoint, cache, token: undefined, offline: false, ...more };
    }
    /** Requests that fetched a file, as `path range`. */
    get fetches() {
        return this.log.flatMap(({ line, range, store }) => store ? [`${line.replace('GET /store', '')} ${range ?? ''}`.trim()] : []);
    }
    async close() {
        for (const response of this.#open)
            response.destroy();
        for (const server of [this.#hub, this.#store]) {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        }
    }
    #answer(request, response, store) {
        this.#open.add(response);
        response.on('close', () => this.#open.delete(response));
        const url = new URL(request.url ?? '/', 'http://hub');
        const token = request.headers.authorization?.replace('Bearer ', '');
        this.log.push({
            line: `${request.method ?? ''} ${url.pathname}`,
            range: request.headers.range,
            token: token !== undefined,
            store,
        });
        if (store)
            this.#sendFile(request, response, url.pathname.replace('/store', ''));
        else
            this.#serve(url, token, response);
    }
    #serve(url, token, response) {
        const api = url.pathname.startsWith('/api/');
        const fault = api ? this.apiFaults.shift() : undefined;
        if (fault !== undefined) {
            response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
            response.end(fault.body ?? '{"error":"as the test asks for"}');
            return;
        }
        if (url.pathname === '/api/models') {
            const owner = url.searchParams.get('author');
            const query = url.searchParams.get('search')?.toLowerCase() ?? '';
            const names = [...this.repositories.keys()].filter((name) => name.startsWith(`${owner ?? ''}/`) && name.toLowerCase().includes(query));
            json(response, 200, names.map((id) => ({ _id: id, id, lastModified: '2026-01-01T00:00:00.000Z' })));
            return;
        }
        const [, name = '', rest = ''] = /^\/(?:api\/models\/)?([^/]+\/[^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
        const repository = this.repositories.get(name);
        // As the hub does it: who may not know of a repository is not told that there is none.
        if (repository === undefined) {
            json(response, token === undefined ? 401 : 404, { error: 'Repository not found' });
            return;
        }
        if (repository.token !== undefined && token !== repository.token) {
            if (repository.gated === true)
                json(response, 403, {
                    error: `Access to model ${name} is restricted and you are not in the authorized list.`,
                });
            else
                json(response, 401, { error: 'Invalid username or password.' });
            return;
        }
        if (api && rest.startsWith('/revision/')) {
            json(response, 200, { _id: name, id: name, sha: COMMIT, lastModified: '2026-01-01T00:00:00.000Z' });
            return;
        }
        if (api && rest === `/tree/${COMMIT}`) {
            this.#list(url, repository, response);
            return;
        }
        const [, file = ''] = new RegExp(`^/resolve/${COMMIT}/(.+)$`).exec(rest) ?? [];
        if (repository.files[decodeURIComponent(file)] === undefined) {
            response.setHeader('x-error-code', 'EntryNotFound');
            json(response, 404, { error: 'Entry not found' });
            return;
        }
        response.writeHead(302, { location: `${addressOf(this.#store)}/store/${name}/${file}` }).end();
    }
    #list(url, { files }, response) {
        const entries = Object.entries(files).map(([path, content]) => ({
            type: 'file',
            path,
            size: content.length,
            oid: gitSum(content),
            // Small texts are in git itself.
            ...(path.endsWith('.gguf')
                ? { lfs: { oid: sha256(content), size: content.length, pointerSize: 134 } }
                : {}),
        }));
        const all = [...entries, ...this.extraEntries];
        const from = Number(url.searchParams.get('cursor') ?? 0);
        if (from + this.pageSize < all.length) {
            const next = new URL(`${this.endpoint}${url.pathname}${url.search}`);
            next.searchParams.set('cursor', String(from + this.pageSize));
            response.setHeader('link', `<${next.href}>; rel="next"`);
        }
        json(response, 200, all.slice(from, from + this.pageSize));
    }
    #sendFile(request, response, path) {
        const [, name = '', file = ''] = /^\/([^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
        const content = this.repositories.get(name)?.files[decodeURIComponent(file)];
        if (content === undefined) {
            response.writeHead(404).end();
            return;
        }
        const fault = this.faults.shift();
        if (fault !== undefined && 'status' in fault) {
            response.writeHead(fault.status, fault.headers).end();
            return;
        }
        if (fault !== undefined && 'redirectTo' in fault) {
            response.writeHead(302, { location: fault.redirectTo }).end();
            return;
        }
        const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
        const ranged = start !== undefined && !(fault !== undefined && 'ignoreRange' in fault);
        const from = ranged ? Number(start) : 0;
        const to = ranged && end !== undefined && end !== '' ? Math.min(Number(end) + 1, content.length) : content.length;
        if (from >= content.length && content.length > 0) {
            response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
            return;
        }
        let body = content.subarray(from, to);
        if (fault !== undefined && 'corrupt' in fault)
            body = Buffer.from(body.map((byte) => byte ^ 1));
        if (fault !== undefined && 'append' in fault)
            body = Buffer.concat([body, fault.append]);
        response.writeHead(ranged ? 206 : 200, {
            'content-length': body.length,
            ...(ranged ? { 'content-range': `bytes ${from}-${to - 1}/${content.length}` } : {}),
        });
        if (fault !== undefined && 'cutAfter' in fault)
            response.write(body.subarray(0, fault.cutAfter), () => response.destroy());
        else if (fault !== undefined && 'stallAfter' in fault)
            response.write(body.subarray(0, fault.stallAfter));
        else
            response.end(body);
    }
}
const addressOf = (server) => `http://127.0.0.1:${server.address().port}`;
const json = (response, status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};
export const sha256 = (content) => createHash('sha256').update(content).digest('hex');
export const gitSum = (content) => createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
//# sourceMappingURL=fake-hub.js.map