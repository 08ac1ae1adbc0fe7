"""Models with the interfaces of other libraries, which the modules here import when needed."""
