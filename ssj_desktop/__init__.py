"""SSJ Desktop: 双随机、一公开监管工作台."""

__version__ = "0.1.0"
