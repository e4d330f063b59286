/** That a model without a chat template is asked in ChatML. */
export function fallbackWarnings({ codec }) {
    return codec.chatFallback === undefined ? [] : [codec.chatFallback.warning];
}
/** Adds to what other warnings say. Characters that a header cannot carry are written as escapes. */
export function warnInHeader(reply, warnings) {
    if (warnings.length === 0)
        return;
    const before = reply.getHeader('x-foretoken-warning');
    const all = [...(typeof before === 'string' ? [before] : []), ...warnings.map(headerText)];
    reply.header('x-foretoken-warning', all.join(' '));
}
const headerText = (text) => text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
//# sourceMappingURL=warnings.js.map