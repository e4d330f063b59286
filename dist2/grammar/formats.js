/**
 * `format` of a string, as patterns. They are what generated data needs (every text they allow is of the
 * format) rather than all that the standards allow. Formats that are not here (`password`, `binary`, `path`,
 * names of one's own) say something to people and nothing about the text.
 */
const LEAP_YEAR = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const MONTH_DAY = '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const DATE = `(?:\\d{4}-${MONTH_DAY}|${LEAP_YEAR}-02-29)`;
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const HEX = '[0-9a-fA-F]';
const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = `${BYTE}(?:\\.${BYTE}){3}`;
/** All lengths of a compressed address, its `::` after none to seven groups. */
const IPV6 = [
    `(?:${HEX}{1,4}:){7}${HEX}{1,4}`,
    ...Array.from({ length: 7 }, (_, before) => before === 0 ? `:(?::${HEX}{1,4}){1,7}` : `(?:${HEX}{1,4}:){${before}}(?::${HEX}{1,4}){1,${7 - before}}`),
    `(?:${HEX}{1,4}:){1,7}:`,
    '::',
].join('|');
const LABEL = '[a-zA-Z0-9](?:-?[a-zA-Z0-9]){0,14}';
const DOMAIN = `(?:${LABEL}\\.){1,3}[a-zA-Z]{2,12}`;
const MAIL_WORD = '[a-zA-Z0-9_+-]';
const EMAIL = `${MAIL_WORD}{1,24}(?:\\.${MAIL_WORD}{1,24}){0,2}@${DOMAIN}`;
const PATH = "(?:/[a-zA-Z0-9._~!$&'()*+,;=:@-]{0,40}){0,6}";
const URI = `https?://${DOMAIN}${PATH}`;
const TIME_SPAN = 'P(?:\\d{1,4}W|\\d{1,4}D(?:T\\d{1,4}H)?|T\\d{1,4}[HMS]|T\\d{1,4}H\\d{1,4}M(?:\\d{1,4}S)?)';
const uuid = (version) => `${HEX}{8}-${HEX}{4}-${version}${HEX}{3}-[89abAB]${HEX}{3}-${HEX}{12}`;
const BASE64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?';
const POINTER = '(?:/[a-zA-Z0-9_.-]{1,24}){0,6}';
const PATTERNS = {
    date: DATE,
    time: TIME,
    'iso-time': TIME,
    'date-time': `${DATE}T${TIME}`,
    'iso-date-time': `${DATE}T${TIME}`,
    duration: TIME_SPAN,
    uuid: `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`,
    ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`uuid${i + 1}`, uuid(String(i + 1))])),
    email: EMAIL,
    'idn-email': EMAIL,
    hostname: `${LABEL}(?:\\.${LABEL}){0,3}`,
    'idn-hostname': `${LABEL}(?:\\.${LABEL}){0,3}`,
    ipv4: IPV4,
    ipv6: IPV6,
    ipvanyaddress: `${IPV4}|${IPV6}`,
    uri: URI,
    url: URI,
    iri: URI,
    'multi-host-uri': URI,
    'uri-reference': `${URI}|${PATH}`,
    'iri-reference': `${URI}|${PATH}`,
    'uri-template': URI,
    'json-pointer': POINTER,
    'json-pointer-uri-fragment': `#${POINTER}`,
    'relative-json-pointer': `(?:0|[1-9]\\d{0,3})(?:#|${POINTER})`,
    regex: '[a-zA-Z0-9 _-]{0,64}',
    byte: BASE64,
    base64: BASE64,
};
/** The pattern of each format of strings that is kept. */
export const FORMATS = new Map(Object.entries(PATTERNS).map(([name, pattern]) => [name, `^(?:${pattern})$`]));
/** Formats of numbers that say which integers there are. `int64` and `uint64` hold all that are written. */
export const INTEGER_FORMATS = new Map([
    ['int8', [-(2 ** 7), 2 ** 7 - 1]],
    ['int16', [-(2 ** 15), 2 ** 15 - 1]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1]],
    ['int64', [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
    ['uint8', [0, 2 ** 8 - 1]],
    ['uint16', [0, 2 ** 16 - 1]],
    ['uint32', [0, 2 ** 32 - 1]],
    ['uint64', [0, Number.MAX_SAFE_INTEGER]],
]);
//# sourceMappingURL=formats.js.map