"""The ground floor: settings, names, arrays, types, the running call, caches and memory."""
