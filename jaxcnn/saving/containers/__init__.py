"""The forms of files: HDF5, ``.keras`` archives, StableHLO and ONNX programs."""
