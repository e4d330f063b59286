"""Small networks as TensorFlow and Keras write them, and what they say of them: the fixtures in data/tensorflow.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu==2.21.0
    venv/bin/python scripts/tensorflow-fixtures.py data/tensorflow

Of each network there are a Keras archive and its JSON, a SavedModel, and for those without loops a frozen graph; none holds weights.
facts.json says what Keras and TensorFlow count and infer: parameters, shapes of all layers, arithmetic by operator.
"""

import json
import os
import sys
import tempfile
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import tensorflow as tf
from keras import layers
from keras.src.applications.convnext import ConvNeXt
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
from tensorflow.python.profiler import model_analyzer, option_builder

BATCH = 2
# Larger constants are weights; smaller ones may be shapes and axes, which readers need.
MOST_CONSTANT_BYTES = 64


def mobile():
    """Inverted residuals with squeeze and excitation, as in MobileNetV3."""
    inputs = keras.Input((32, 32, 3))

    def normalized(x, activation):
        x = layers.BatchNormalization()(x)
        return layers.Activation(activation)(x) if activation else x

    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = normalized(layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(x), "hard_swish")
    for width, stride in ((16, 2), (24, 1), (24, 1)):
        before = x
        y = normalized(layers.Conv2D(48, 1, padding="same", use_bias=False)(x), "relu6")
        if stride == 2:
            y = layers.ZeroPadding2D(((0, 1), (0, 1)))(y)
        y = layers.DepthwiseConv2D(3, strides=stride, padding="valid" if stride == 2 else "same", use_bias=False)(y)
        y = normalized(y, "hard_swish")
        squeezed = layers.GlobalAveragePooling2D(keepdims=True)(y)
        squeezed = layers.Conv2D(12, 1, activation="relu")(squeezed)
        squeezed = layers.Conv2D(48, 1)(squeezed)
        gate = layers.ReLU(6.0)(squeezed + 3.0) * (1.0 / 6.0)
        y = normalized(layers.Conv2D(width, 1, use_bias=False)(layers.Multiply()([y, gate])), None)
        x = layers.Add()([before, y]) if before.shape == y.shape else y
    x = keras.ops.mean(x, axis=(1, 2))
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x), name="mobile")


def convnext():
    """ConvNeXt of keras.applications, one block a stage."""
    return ConvNeXt(
        depths=[1, 1, 1, 1],
        projection_dims=[8, 16, 24, 32],
        drop_path_rate=0.1,
        weights=None,
        input_shape=(64, 64, 3),
        classes=10,
        name="convnext",
    )


def sequence():
    """Recurrent layers, attention and contractions over tokens."""
    inputs = keras.Input((12,), dtype="int32")
    x = layers.Embedding(50, 16)(inputs)
    x = layers.LSTM(16, return_sequences=True)(x)
    x = layers.Bidirectional(layers.GRU(8, return_sequences=True))(x)
    attended = layers.MultiHeadAttention(num_heads=2, key_dim=8)(x, x)
    x = layers.LayerNormalization()(x + attended)
    grouped = layers.GroupQueryAttention(head_dim=8, num_query_heads=4, num_key_value_heads=2)(x, x)
    x = layers.LayerNormalization()(x + grouped)
    y = layers.EinsumDense("abc,cd->abd", output_shape=(None, 32), bias_axes="d", activation="gelu")(x)
    x = x + layers.EinsumDense("...x,xy->...y", output_shape=16)(y)
    first = keras.ops.squeeze(x[:, :1, :], axis=1)
    queries = keras.ops.transpose(keras.ops.reshape(x, (-1, 12, 2, 8)), (0, 2, 1, 3))
    mixed = keras.ops.einsum("bhqd,bhkd->bhqk", queries, queries)
    mixed = keras.ops.max(keras.ops.softmax(mixed), axis=(1, 2))
    left, right = keras.ops.split(first, 2, axis=-1)
    x = layers.Concatenate()([left * right, mixed, layers.GlobalAveragePooling1D()(x)])
    return keras.Model(inputs, layers.Dense(4)(x), name="sequence")


def weightless(source, target):
    """A Keras archive without its weights."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in ("metadata.json", "config.json"):
            # A fixed date, so that the same network gives the same file.
            copy.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), archive.read(name), zipfile.ZIP_DEFLATED)


def frozen(model):
    """The graph of a batch with the variables as constants."""
    spec = tf.TensorSpec([BATCH, *model.input_shape[1:]], model.inputs[0].dtype)
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(spec)
    return convert_variables_to_constants_v2(function).graph.as_graph_def()


def slim(source, target):
    """The part of a SavedModel's graph that its signature computes: without what saves, restores and makes Python objects."""
    model = saved_model_pb2.SavedModel()
    with open(source, "rb") as file:
        model.ParseFromString(file.read())
    graph = model.meta_graphs[0]
    graph.ClearField("object_graph_def")
    graph.meta_info_def.ClearField("stripped_op_list")
    nodes = {node.name: node for node in graph.graph_def.node}
    signature = graph.signature_def["serving_default"]
    open_names = [tensor.name for tensor in (*signature.inputs.values(), *signature.outputs.values())]
    kept = set()
    while open_names:
        name = open_names.pop().lstrip("^").split(":")[0]
        if name not in kept:
            kept.add(name)
            open_names.extend(nodes[name].input)
    del graph.graph_def.node[:]
    graph.graph_def.node.extend(node for name, node in nodes.items() if name in kept)
    functions = {function.signature.name: function for function in graph.graph_def.library.function}
    reached = set()
    queue = [(node.attr[key]) for node in graph.graph_def.node for key in node.attr]
    while queue:
        name = queue.pop().func.name
        if name in functions and name not in reached:
            reached.add(name)
            queue.extend(node.attr[key] for node in functions[name].node_def for key in node.attr)
    del graph.graph_def.library.function[:]
    graph.graph_def.library.function.extend(functions[name] for name in sorted(reached))
    for nodes in (graph.graph_def.node, *(functions[name].node_def for name in reached)):
        for node in nodes:
            node.ClearField("experimental_debug_info")
    with open(target, "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def facts_of_graph(definition):
    # Imported anew, shapes that follow from constants are known.
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(definition, name="")
    options = {**option_builder.ProfileOptionBuilder.float_operation(), "output": "none"}
    node = model_analyzer.profile(graph, cmd="op", options=options)
    flops = {}
    while node.children:
        node = node.children[0]
        if node.float_ops:
            flops[node.name] = node.float_ops
    skipped = {"Const", "Identity", "NoOp", "Placeholder"}
    shapes = {
        operation.name: operation.outputs[0].shape.as_list()
        for operation in graph.get_operations()
        if operation.type not in skipped and operation.outputs and operation.outputs[0].shape.rank is not None
    }
    return {"flops": flops, "shapes": shapes}


def main(folder):
    keras.utils.set_random_seed(1)
    os.makedirs(folder, exist_ok=True)
    facts = {"tensorflow": tf.__version__, "keras": keras.__version__, "batch": BATCH, "networks": {}}
    for make in (mobile, convnext, sequence):
        keras.backend.clear_session()
        model = make()
        name = model.name
        own = {
            "parameters": model.count_params(),
            "trainable": int(sum(tf.size(weight) for weight in model.trainable_weights)),
            "shapes": {},
        }
        for layer in model.layers:
            outputs = layer.output if isinstance(layer.output, (list, tuple)) else [layer.output]
            own["shapes"][layer.name] = [list(output.shape) for output in outputs]
        with tempfile.TemporaryDirectory() as scratch:
            model.save(f"{scratch}/model.keras")
            weightless(f"{scratch}/model.keras", f"{folder}/{name}.keras")
            model.export(f"{scratch}/saved", verbose=False)
            os.makedirs(f"{folder}/{name}", exist_ok=True)
            slim(f"{scratch}/saved/saved_model.pb", f"{folder}/{name}/saved_model.pb")
        with open(f"{folder}/{name}.json", "w") as file:
            json.dump(json.loads(model.to_json()), file, separators=(",", ":"))
        if name != "sequence":
            definition = frozen(model)
            own["graph"] = facts_of_graph(definition)
            for node in definition.node:
                tensor = node.attr["value"].tensor
                if node.op == "Const" and len(tensor.tensor_content) > MOST_CONSTANT_BYTES:
                    tensor.tensor_content = b""
            with open(f"{folder}/{name}.pb", "wb") as file:
                file.write(definition.SerializeToString(deterministic=True))
        facts["networks"][name] = own
    with open(f"{folder}/facts.json", "w") as file:
        json.dump(facts, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
