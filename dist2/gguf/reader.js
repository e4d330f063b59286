/**
 * Reads the head of a GGUF file: metadata and the places of its tensors. Every count is checked against what
 * the rest of the file could hold before anything is allocated for it, so that a damaged file gives an error
 * and not an exhausted memory.
 */
import { closeSync, readSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { fileSource, HeadReader, openForReading, quoted } from './head-reader.js';
import { alignUp, DEFAULT_ALIGNMENT, GGUF_MAGIC, TENSOR_TYPES, tensorBytes, VALUE_TYPES, } from './types.js';
/** Limits far above any model, below which sizes still multiply exactly. */
const MAX_METADATA = 1 << 16;
const MAX_TENSORS = 1 << 17;
const MAX_NAME_BYTES = 1 << 16;
/** A text is at most a tokenizer's description or a chat template. */
const MAX_STRING_BYTES = 1 << 27;
const MAX_ELEMENTS = 2 ** 48;
/** Arrays within arrays, which nobody writes, are few and hold no further ones. */
const MAX_ARRAY_DEPTH = 1;
const MAX_NESTED_ARRAYS = 1 << 12;
const NUMBER_BYTES = {
    u8: 1,
    i8: 1,
    u16: 2,
    i16: 2,
    u32: 4,
    i32: 4,
    f32: 4,
    bool: 1,
    u64: 8,
    i64: 8,
    f64: 8,
};
const NUMBER_ARRAYS = {
    u8: Uint8Array,
    i8: Int8Array,
    u16: Uint16Array,
    i16: Int16Array,
    u32: Uint32Array,
    i32: Int32Array,
    f32: Float32Array,
    bool: Uint8Array,
    u64: BigUint64Array,
    i64: BigInt64Array,
    f64: Float64Array,
};
/**
 * @throws ForetokenError `file_not_found` when the file cannot be opened, `invalid_gguf` when it is not a
 *   complete GGUF file of version 2 or 3.
 */
export const readGguf = (path) => readGgufFrom(fileSource(path));
/** `readGguf` of bytes from anywhere; closes the source. */
export function readGgufFrom(source) {
    const reader = new HeadReader(source);
    try {
        return readHead(reader);
    }
    finally {
        reader.close();
    }
}
function readHead(reader) {
    if (reader.fileBytes === 0)
        reader.fail('it is empty');
    const magic = reader.u32('the magic number');
    if (magic !== GGUF_MAGIC)
        reader.fail('it does not begin with "GGUF"');
    const version = reader.u32('the version');
    if (version !== 2 && version !== 3)
        reader.fail(`its version is ${version}; 2 and 3 can be read (3 written big-endian cannot)`);
    const tensorCount = reader.count('the number of tensors', MAX_TENSORS);
    const metadataCount = reader.count('the number of metadata entries', MAX_METADATA);
    const metadata = new Map();
    for (let index = 0; index < metadataCount; index++) {
        const key = reader.string('a metadata key', MAX_NAME_BYTES);
        if (metadata.has(key))
            reader.fail(`metadata key ${quoted(key)} appears twice`);
        const what = quoted(key);
        metadata.set(key, readValue(reader, readType(reader, what), what, 0));
    }
    const alignmentBytes = alignmentOf(reader, metadata);
    const relative = [];
    const names = new Set();
    for (let index = 0; index < tensorCount; index++) {
        const tensor = readTensorInfo(reader, alignmentBytes);
        if (names.has(tensor.name))
            reader.fail(`tensor ${quoted(tensor.name)} appears twice`);
        names.add(tensor.name);
        relative.push(tensor);
    }
    const dataOffsetBytes = alignUp(reader.offset, alignmentBytes);
    const tensors = relative.map((tensor) => {
        const offsetBytes = dataOffsetBytes + tensor.offsetBytes;
        if (offsetBytes + tensor.sizeBytes > reader.fileBytes)
            reader.fail(`tensor ${quoted(tensor.name)} needs bytes up to ${offsetBytes + tensor.sizeBytes}, ` +
                `but the file ends at ${reader.fileBytes} (is the download complete?)`);
        return { ...tensor, offsetBytes };
    });
    const { name, fileBytes } = reader;
    return { path: name, version, metadata, tensors, dataOffsetBytes, alignmentBytes, fileBytes };
}
function alignmentOf(reader, metadata) {
    const entry = metadata.get('general.alignment');
    if (entry === undefined)
        return DEFAULT_ALIGNMENT;
    const value = entry.type === 'u32' ? Number(entry.value) : 0;
    if (value === 0 || (value & (value - 1)) !== 0 || value > 1 << 20)
        reader.fail('general.alignment is not a power of two of type u32');
    return value;
}
function readType(reader, what) {
    const id = reader.u32(`the type of ${what}`);
    return VALUE_TYPES[id] ?? reader.fail(`${what} has the unknown type ${id}`);
}
function readValue(reader, type, what, depth) {
    if (type === 'string')
        return { type, value: reader.string(what, Math.min(reader.room, MAX_STRING_BYTES)) };
    if (type === 'bool')
        return { type, value: readNumber(reader, 'u8', what) !== 0 };
    if (type === 'array')
        return readArray(reader, what, depth);
    return { type, value: readNumber(reader, type, what) };
}
function readNumber(reader, type, what) {
    const bytes = reader.take(NUMBER_BYTES[type], what);
    switch (type) {
        case 'u8':
            return bytes.readUInt8();
        case 'i8':
            return bytes.readInt8();
        case 'u16':
            return bytes.readUInt16LE();
        case 'i16':
            return bytes.readInt16LE();
        case 'u32':
            return bytes.readUInt32LE();
        case 'i32':
            return bytes.readInt32LE();
        case 'f32':
            return bytes.readFloatLE();
        case 'f64':
            return bytes.readDoubleLE();
        case 'u64':
            return asNumber(bytes.readBigUInt64LE());
        case 'i64':
            return asNumber(bytes.readBigInt64LE());
    }
}
const asNumber = (value) => Number.isSafeInteger(Number(value)) ? Number(value) : value;
function readArray(reader, what, depth) {
    const itemType = readType(reader, what);
    if (itemType === 'string') {
        // The shortest string takes the eight bytes of its length.
        const length = reader.count(`the length of ${what}`, Math.floor(reader.room / 8));
        return { type: 'array', itemType, value: reader.strings(length, what) };
    }
    if (itemType === 'array') {
        if (depth >= MAX_ARRAY_DEPTH)
            reader.fail(`${what} nests arrays too deeply`);
        const most = Math.min(MAX_NESTED_ARRAYS, Math.floor(reader.room / 12));
        const length = reader.count(`the length of ${what}`, most);
        const value = Array.from({ length }, () => readArray(reader, what, depth + 1));
        return { type: 'array', itemType, value };
    }
    const itemBytes = NUMBER_BYTES[itemType];
    const length = reader.count(`the length of ${what}`, Math.floor(reader.room / itemBytes));
    const bytes = reader.take(length * itemBytes, what);
    // A copy of its own: aligned, and free of the reader's chunk.
    const value = new NUMBER_ARRAYS[itemType](new Uint8Array(bytes).buffer);
    return { type: 'array', itemType, value };
}
/** `offsetBytes` is still relative to the data section. */
function readTensorInfo(reader, alignmentBytes) {
    const name = reader.string('a tensor name', MAX_NAME_BYTES);
    const what = `tensor ${quoted(name)}`;
    const dimensions = reader.u32(`the dimensions of ${what}`);
    if (dimensions < 1 || dimensions > 4)
        reader.fail(`${what} has ${dimensions} dimensions`);
    const shape = [];
    let elements = 1;
    for (let index = 0; index < dimensions; index++) {
        const size = reader.count(`the shape of ${what}`, MAX_ELEMENTS);
        elements *= size;
        if (size === 0 || elements > MAX_ELEMENTS)
            reader.fail(`${what} has an impossible shape`);
        shape.push(size);
    }
    const type = reader.u32(`the type of ${what}`);
    const layout = TENSOR_TYPES.get(type);
    if (layout === undefined)
        reader.fail(`${what} has the unknown type ${type}`);
    if (shape[0] % layout.blockSize !== 0)
        reader.fail(`${what} has rows of ${shape[0]}, no multiple of the block of ${layout.name}`);
    const offsetBytes = reader.count(`the offset of ${what}`, Number.MAX_SAFE_INTEGER);
    if (offsetBytes % alignmentBytes !== 0)
        reader.fail(`${what} is not aligned`);
    return { name, shape, type, offsetBytes, sizeBytes: tensorBytes(type, shape) };
}
/** The bytes of one tensor, read on demand. */
export function readTensorBytes(file, tensor) {
    const fd = openForReading(file.path);
    try {
        const bytes = new Uint8Array(tensor.sizeBytes);
        let filled = 0;
        while (filled < bytes.length) {
            const read = readSync(fd, bytes, filled, bytes.length - filled, tensor.offsetBytes + filled);
            if (read === 0)
                throw new ForetokenError('invalid_gguf', `${file.path} became shorter while it was read.`);
            filled += read;
        }
        return bytes;
    }
    finally {
        closeSync(fd);
    }
}
//# sourceMappingURL=reader.js.map