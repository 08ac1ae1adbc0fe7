"""What everything stands on: settings, names, arrays, the running call's mode and keys, caches and
memory.
"""
