"""Models behind the interfaces of other libraries; each module needs its library, so none is
imported here.
"""
