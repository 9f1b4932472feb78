"""Convolutions, with every stride, padding, dilation and grouping, and their transposes."""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, normal
from gradconform.trace import avg_pool2d, conv1d, conv2d, conv_transpose2d, max_pool2d, pad, relu

refused = partial(case, level="torch", tags=("error",), convention="stable")

OPTIONS = {
    "plain": {},
    "stride_2": {"stride": 2},
    "padding_1": {"padding": 1},
    "dilation_2": {"dilation": 2},
    "stride_2_padding_1": {"stride": 2, "padding": 1},
}


@case(
    x=normal(2, 2, 7),
    w=normal(3, 2, 3),
    b=normal(3),
    variants={name: {"options": options} for name, options in OPTIONS.items()},
)
def of_sequences(x, w, b, *, options):
    """conv1d with a bias

    The gradient of the input is a transposed convolution of the upstream gradient. The gradient of
    the weight is a convolution of the input with it. The gradient of the bias is its sum over batch
    and positions.
    """
    return conv1d(x, w, b, **options)


@case(
    variants={
        "one_channel": {"x": normal(1, 1, 5), "w": normal(1, 1, 2)},
        "kernel_1": {"x": normal(2, 3, 4), "w": normal(2, 3, 1)},
        "kernel_of_full_width": {"x": normal(2, 2, 3), "w": normal(4, 2, 3)},
        "cubic": {"x": normal(3, 3, 3), "w": normal(3, 3, 3)},
    }
)
def of_sequences_without_bias(x, w):
    """conv1d without a bias: it is a correlation, so the kernel is not flipped"""
    return conv1d(x, w)


@case(x=normal(2, 4, 5), w=normal(6, 2, 3), b=normal(6))
def of_sequences_in_groups(x, w, b):
    """conv1d in two groups"""
    return conv1d(x, w, b, groups=2)


@case(x=normal(2, 3, 5), w=normal(3, 1, 2))
def of_each_channel_by_itself(x, w):
    """conv1d with as many groups as channels, times the first positions of the input"""
    return conv1d(x, w, groups=3) * x[:, :, :4]


@case(
    x=normal(2, 2, 5, 6),
    w=normal(3, 2, 3, 2),
    b=normal(3),
    variants={name: {"options": options} for name, options in OPTIONS.items()},
)
def of_images(x, w, b, *, options):
    """conv2d with a bias, of a kernel that is not square"""
    return conv2d(x, w, b, **options)


@case(
    x=normal(1, 2, 5, 5),
    w=normal(2, 2, 2, 2),
    variants={
        "stride": {"options": {"stride": (2, 1)}},
        "padding": {"options": {"padding": (0, 1)}},
        "dilation": {"options": {"dilation": (1, 2)}},
    },
)
def of_images_with_a_pair(x, w, *, options):
    """conv2d with another stride, padding or dilation on each axis"""
    return conv2d(x, w, **options)


@case(x=normal(1, 4, 3, 3), w=normal(4, 2, 2, 2))
def of_images_in_groups(x, w):
    """conv2d in two groups"""
    return conv2d(x, w, groups=2)


@case(x=normal(2, 2, 2, 2), w=normal(2, 2, 2, 2), b=normal(2))
def with_every_size_two(x, w, b):
    """conv2d where batch, channels, places and kernel are all 2"""
    return conv2d(x, w, b, padding=1)


@case(x=normal(2, 3, 4), w=normal(2, 3, 2))
def of_one_sequence_without_a_batch(x, w):
    """conv1d of the first sequence of a batch, without the batch axis"""
    return conv1d(x[0], w)


@case(
    x=normal(1, 2, 3, 3),
    w=normal(2, 3, 2, 2),
    b=normal(3),
    variants={
        "plain": {"options": {}},
        "stride_2": {"options": {"stride": 2}},
        "padding_1": {"options": {"padding": 1}},
        "output_padding": {"options": {"stride": 2, "output_padding": 1}},
    },
)
def transposed(x, w, b, *, options):
    """conv_transpose2d: the gradient of a convolution, as a layer"""
    return conv_transpose2d(x, w, b, **options)


@case(x=normal(1, 1, 4, 4), w=normal(1, 1, 3, 3), tags=("reuse",))
def twice_with_the_same_kernel(x, w):
    """conv2d of a conv2d: the kernel is shared, and x is added"""
    y = conv2d(x, w, padding=1)
    return conv2d(relu(y), w, padding=1) + x


@case(x=constant(normal(1, 1, 6, 6)), w=normal(2, 1, 3, 3), b=normal(2), v=normal(2, 2))
def network_of_a_layer(x, w, b, v):
    """max_pool2d of relu of conv2d, the mean over the positions, and a linear layer"""
    return max_pool2d(relu(conv2d(x, w, b)), kernel_size=2).mean(dim=(2, 3)) @ v


@case(x=normal(1, 1, 3, 3), w=normal(1, 1, 2, 2))
def after_a_padding(x, w):
    """conv2d of x padded by hand, and an average"""
    return avg_pool2d(conv2d(pad(x, (1, 0, 0, 1)), w), kernel_size=2, stride=1)


@case(x=normal(1, 1, 6), w=[[[1.0, -2.0, 1.0]]], tags=("reuse",))
def second_difference(x, w):
    """conv1d with the kernel 1, -2, 1, times the inner positions of x"""
    return conv1d(x, w) * x[:, :, 1:-1]


@refused(
    x=normal(1, 2, 5),
    w=normal(3, 2, 3),
    b=normal(2),
    variants={
        "channels": {"op": lambda x, w, b: conv1d(x[:, :1], w)},
        "kernel_too_wide": {"op": lambda x, w, b: conv1d(x[:, :, :2], w)},
        "bias": {"op": conv1d},
        "groups": {"op": lambda x, w, b: conv1d(x, w, groups=2)},
        "rank": {"op": lambda x, w, b: conv1d(x[0, 0], w)},
        "stride_0": {"op": lambda x, w, b: conv1d(x, w, stride=0)},
    },
)
def of_shapes_that_do_not_fit(x, w, b, *, op):
    """channels, kernels or options that do not fit: an error"""
    return op(x, w, b)
