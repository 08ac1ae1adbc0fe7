"""Programs of the notes on residual networks, YOLO, face recognition and style transfer."""
