"""Stands for pyNN.parameters."""


class Sequence(list):
    pass
