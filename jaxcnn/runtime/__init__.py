"""The ground floor: settings, names, arrays, the mode and keys of the running call, caches, memory."""
