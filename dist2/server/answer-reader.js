/**
 * Tells the parts of a chat answer apart while its text arrives: reasoning, content, calls of functions. Text is
 * passed on as soon as it is certain what it is; held back are only beginnings of the words that part them, and
 * white space in front of calls.
 */
import { randomInt } from 'node:crypto';
import { THINK_BEGIN, THINK_END } from '../grammar/answer.js';
const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Some templates take ids of nine letters and digits only. */
const ID_LENGTH = 9;
export class AnswerReader {
    #syntax;
    #place;
    /** Text whose meaning is not certain yet. */
    #held = '';
    #hasContent = false;
    #hasThought = false;
    #calls = 0;
    #json = new JsonExtent();
    #text = '';
    #reasoning = '';
    #deltas = [];
    constructor({ thinking, syntax }) {
        this.#syntax = syntax;
        this.#place = thinking === 'begun' ? 'thinking' : thinking === 'allowed' ? 'beginning' : 'content';
    }
    /** Calls whose arguments are complete. */
    get completeCalls() {
        return this.#place === 'arguments' ? this.#calls - 1 : this.#calls;
    }
    /** Takes more text. @returns what is certain now */
    push(text) {
        this.#held += text;
        while (this.#advance())
            ;
        return this.#taken();
    }
    /** The text has ended. @returns the rest */
    finish() {
        const rest = this.#held;
        this.#held = '';
        // A call that is cut within its name is no call; tags behind calls say nothing.
        const cut = this.#syntax?.trigger !== undefined && rest.trimStart().startsWith(this.#syntax.trigger);
        if (this.#place === 'thinking')
            this.#reasoning += rest;
        else if (['beginning', 'content', 'thought'].includes(this.#place) && !cut)
            this.#say(rest);
        return this.#taken();
    }
    #taken() {
        const parts = { text: this.#text, reasoning: this.#reasoning, calls: this.#deltas };
        this.#text = '';
        this.#reasoning = '';
        this.#deltas = [];
        return parts;
    }
    /** One step on. @returns whether there may be another */
    #advance() {
        if (this.#held === '')
            return false;
        switch (this.#place) {
            case 'beginning':
                return this.#begin();
            case 'thinking':
                return this.#think();
            case 'thought':
                this.#held = this.#held.trimStart();
                if (this.#held === '')
                    return false;
                return this.#go('content');
            case 'content':
                return this.#speak();
            case 'name':
                return this.#nameCall();
            case 'arguments':
                return this.#readArguments();
            case 'behind':
                return this.#goBehind();
            case 'after':
                this.#held = '';
                return false;
        }
    }
    #go(place, rest = this.#held) {
        this.#place = place;
        this.#held = rest;
        return true;
    }
    /** Is it thought first? */
    #begin() {
        const text = this.#held.trimStart();
        if (text.startsWith(THINK_BEGIN))
            return this.#go('thinking', text.slice(THINK_BEGIN.length));
        return THINK_BEGIN.startsWith(text) ? false : this.#go('content');
    }
    #think() {
        if (!this.#hasThought)
            this.#held = this.#held.trimStart();
        const end = this.#held.indexOf(THINK_END);
        if (end >= 0) {
            this.#reasoning += this.#held.slice(0, end).trimEnd();
            return this.#go('thought', this.#held.slice(end + THINK_END.length));
        }
        const kept = longestBeginning(this.#held, THINK_END);
        const certain = this.#held.slice(0, this.#held.length - kept).trimEnd();
        this.#reasoning += certain;
        this.#hasThought ||= certain !== '';
        this.#held = this.#held.slice(certain.length);
        return false;
    }
    #speak() {
        if (this.#syntax === undefined) {
            this.#say(this.#held);
            this.#held = '';
            return false;
        }
        const { before, trigger } = this.#syntax;
        if (trigger === undefined) {
            const text = this.#held.trimStart();
            if (!this.#hasContent && text.startsWith(before))
                return this.#go('name', text.slice(before.length));
            if (!this.#hasContent && before.startsWith(text))
                return false;
            this.#say(this.#held);
            this.#held = '';
            return false;
        }
        const at = this.#held.indexOf(trigger);
        const call = at < 0 ? '' : this.#held.slice(at);
        if (at >= 0 && call.startsWith(before)) {
            this.#say(this.#held.slice(0, at).trimEnd());
            return this.#go('name', call.slice(before.length));
        }
        if (at >= 0 && !before.startsWith(call)) {
            // Only without a grammar: it reads like a call and is none.
            this.#say(this.#held.slice(0, at + trigger.length));
            return this.#go('content', call.slice(trigger.length));
        }
        const open = at >= 0 ? at : this.#held.length - longestBeginning(this.#held, trigger);
        const certain = this.#held.slice(0, open).trimEnd();
        this.#say(certain);
        this.#held = this.#held.slice(certain.length);
        return false;
    }
    #say(text) {
        this.#text += text;
        if (text !== '')
            this.#hasContent = true;
    }
    #nameCall() {
        const { middle } = this.#syntax;
        const end = this.#held.indexOf(middle);
        if (end < 0)
            return false;
        const name = this.#held.slice(0, end);
        this.#deltas.push({ index: this.#calls, start: { id: newId(), name }, arguments: '' });
        this.#calls += 1;
        this.#json.restart();
        return this.#go('arguments', this.#held.slice(end + middle.length));
    }
    #readArguments() {
        const length = this.#json.push(this.#held);
        const read = length ?? this.#held.length;
        this.#argue(this.#held.slice(0, read));
        return this.#go(length === undefined ? 'arguments' : 'behind', this.#held.slice(read));
    }
    /** A call has one entry at a time: clients take a list in which one stands twice for two calls. */
    #argue(more) {
        const index = this.#calls - 1;
        const last = this.#deltas.at(-1);
        if (last?.index === index)
            this.#deltas.splice(-1, 1, { ...last, arguments: last.arguments + more });
        else
            this.#deltas.push({ index, arguments: more });
    }
    /** Another call, or the end. */
    #goBehind() {
        const { join, after } = this.#syntax;
        if (join !== undefined && this.#held.startsWith(join))
            return this.#go('name', this.#held.slice(join.length));
        if (join?.startsWith(this.#held) === true || (after !== '' && after.startsWith(this.#held)))
            return false;
        return this.#go('after');
    }
}
/** Finds the end of one JSON object in text that arrives in pieces. */
class JsonExtent {
    #depth = 0;
    #inString = false;
    #escaped = false;
    restart() {
        this.#depth = 0;
        this.#inString = false;
        this.#escaped = false;
    }
    /** @returns the length of the part that still belongs to the object, once it has ended */
    push(text) {
        for (let at = 0; at < text.length; at++) {
            const character = text[at];
            if (this.#inString) {
                if (this.#escaped)
                    this.#escaped = false;
                else if (character === '\\')
                    this.#escaped = true;
                else if (character === '"')
                    this.#inString = false;
            }
            else if (character === '"')
                this.#inString = true;
            else if (character === '{' || character === '[')
                this.#depth += 1;
            else if ((character === '}' || character === ']') && --this.#depth === 0)
                return at + 1;
        }
        return undefined;
    }
}
/** Characters at the end of `text` with which `wanted` begins. */
function longestBeginning(text, wanted) {
    for (let length = Math.min(text.length, wanted.length - 1); length > 0; length--)
        if (text.endsWith(wanted.slice(0, length)))
            return length;
    return 0;
}
const newId = () => Array.from({ length: ID_LENGTH }, () => ID_CHARACTERS[randomInt(ID_CHARACTERS.length)]).join('');
//# sourceMappingURL=answer-reader.js.map