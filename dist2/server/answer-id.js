/** Identities of what the server answers: its kind, and what nobody can guess. */
import { randomUUID } from 'node:crypto';
/** @param prefix with the character that parts it from the rest, such as `chatcmpl-` */
export const newAnswerId = (prefix) => prefix + randomUUID().replaceAll('-', '');
//# sourceMappingURL=answer-id.js.map