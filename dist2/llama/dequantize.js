/**
 * Weights of any type as floats, by ggml's own functions: users' models come in many types, and drafts are
 * made from their token vectors.
 */
import koffi from 'koffi';
import { ForetokenError } from '../base/errors.js';
import { declare } from './declarations.js';
import { loadLibrary } from './library.js';
/** struct ggml_type_traits */
const ggml_type_traits = koffi.struct('ggml_type_traits', {
    type_name: 'const char *',
    blck_size: 'int64_t',
    blck_size_interleave: 'int64_t',
    type_size: 'size_t',
    is_quantized: 'bool',
    to_float: 'void *',
    from_float_ref: 'void *',
});
/** typedef void (*ggml_to_float_t)(const void * x, float * y, int64_t k) */
const ggml_to_float_t = koffi.proto('void ggml_to_float_t(const uint8_t * x, _Out_ float * y, int64_t k)');
/** @throws ForetokenError `invalid_gguf` for types without such a function (integers, F64). */
export function dequantizeNative(bytes, type, library = loadLibrary()) {
    const traitsOf = declare(library.handles.ggmlBase, 'void * ggml_get_type_traits(int type)');
    const pointer = traitsOf(type);
    const traits = pointer === null ? undefined : koffi.decode(pointer, ggml_type_traits);
    if (traits?.to_float == null)
        throw new ForetokenError('invalid_gguf', `Weights of type ${traits?.type_name ?? type} cannot be converted to numbers.`);
    const values = new Float32Array((bytes.length / traits.type_size) * traits.blck_size);
    koffi.call(traits.to_float, ggml_to_float_t, bytes, values, values.length);
    return values;
}
//# sourceMappingURL=dequantize.js.map