#!/usr/bin/env python3
"""Makes the networks of Keras in Tests/ModelFilesTests/Goldens/exported, as tf2onnx writes them.

    python3 -m venv /tmp/keras && /tmp/keras/bin/pip install tensorflow-cpu==2.21.0 tf_keras==2.21.0 tf2onnx==1.17.0 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
    /tmp/keras/bin/python tools/goldens/exported_keras_models.py

Keras is version 2, since tf2onnx knows the recurrent networks of that one. The files are as tools/goldens/exported_models.py describes them.
"""

import os
import sys

import numpy as np
from exported_models import SEED, main, save, uniform


def networks():
    """The kinds by name: the network and the shapes of two inputs."""
    from tf_keras import Sequential, layers

    return {
        "cnn": (
            Sequential([
                layers.Input((None, None, 3)), layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False), layers.BatchNormalization(),
                layers.ReLU(6), layers.DepthwiseConv2D(3, padding="same"), layers.LeakyReLU(), layers.MaxPooling2D(2, padding="same"),
                layers.SeparableConv2D(12, 3, activation="swish"), layers.UpSampling2D(2),
                layers.AveragePooling2D(2), layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(5, activation="softmax"),
            ]), [(2, 20, 24, 3), (1, 31, 17, 3)]),
        "decoder": (
            Sequential([
                layers.Input((None, None, 4)), layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="elu"),
                layers.UpSampling2D(2, interpolation="bilinear"), layers.ZeroPadding2D(1), layers.Conv2D(2, 3, activation="sigmoid"), layers.Cropping2D(1),
            ]), [(2, 3, 5, 4), (1, 6, 4, 4)]),
        "lstm": (
            Sequential([
                layers.Input((None, 6)), layers.Bidirectional(layers.LSTM(8, return_sequences=True)),
                layers.LSTM(7), layers.LayerNormalization(), layers.Dense(4, activation="elu"),
            ]), [(2, 7, 6), (1, 4, 6)]),
        "gru": (
            Sequential([
                layers.Input((None, 6)), layers.Conv1D(8, 3, padding="causal", activation="relu"),
                layers.Bidirectional(layers.GRU(7, return_sequences=True)), layers.TimeDistributed(layers.Dense(5, activation="tanh")),
                layers.GlobalMaxPooling1D(),
            ]), [(2, 7, 6), (1, 4, 6)]),
        "dense": (
            Sequential([
                layers.Input((9,)), layers.Dense(16), layers.BatchNormalization(), layers.PReLU(), layers.Dense(8, activation="softplus"),
                layers.UnitNormalization(), layers.Dense(3, activation="hard_sigmoid"),
            ]), [(4, 9), (1, 9)]),
    }


MODELS = [("cnn", 15), ("decoder", 13), ("lstm", 9), ("lstm", 18), ("gru", 15), ("dense", 11)]


def make(folder, random):
    import tf_keras as keras
    import tensorflow
    import tf2onnx

    keras.utils.set_random_seed(SEED)
    kinds = networks()
    for network, _ in kinds.values():
        for layer in network.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                # Statistics and scales as after training.
                layer.set_weights([np.abs(uniform(random, *weight.shape)) + 0.5 for weight in layer.get_weights()])
    wanted = sys.argv[2:]
    for kind, opset in MODELS:
        network, shapes = kinds[kind]
        name = f"keras-{kind}-{opset}"
        cases = [[uniform(random, *shape)] for shape in shapes]
        if wanted and not any(text in name for text in wanted):
            continue
        signature = [tensorflow.TensorSpec((None, *network.input_shape[1:]), tensorflow.float32, "x")]
        function = tensorflow.function(lambda x: network(x, training=False), input_signature=signature)
        model, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=opset)
        save(folder, name, model, cases)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # tf2onnx numbers values in the order of sets of texts.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    main(make)
