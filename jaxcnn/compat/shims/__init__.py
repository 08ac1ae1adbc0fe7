"""Stand-ins for the few functions of other libraries that the books use and that are gone."""
