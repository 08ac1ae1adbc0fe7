"""Many devices and many machines: where arrays lie, which processes belong together, and how a job
ends in time.
"""
