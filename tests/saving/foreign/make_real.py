"""usage: make_real.py FILE.zip: small files of PyTorch, safetensors and ONNX with their answers.

Written by torch 2.13, safetensors 0.8 and its exporter of ONNX; images have their channels last in
the answers.
"""

import io
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn


class Sentences(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(9, 4)
        self.l = nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True)
        self.f = nn.Linear(6, 2)

    def forward(self, x):
        return self.f(self.l(self.e(x))[0])


def main(target):
    torch.manual_seed(0)
    folder, answers = Path(tempfile.mkdtemp()), {}
    layers = [nn.Conv2d(2, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 3, 2)]
    images = nn.Sequential(*layers, nn.Flatten(), nn.Linear(60, 5))
    images(torch.randn(4, 2, 6, 5))
    images.eval()
    deep = nn.Sequential(*[nn.Linear(4, 4) for _ in range(12)])
    inputs = {
        "images": (images, torch.randn(3, 2, 6, 5)),
        "sentences": (Sentences(), torch.randint(0, 9, (3, 5))),
        "deep": (deep, torch.randn(3, 4)),
    }
    for name, (model, x) in inputs.items():
        answers[f"{name}_x"] = (x.permute(0, 2, 3, 1) if x.ndim == 4 else x).numpy()
        answers[f"{name}_y"] = model(x).detach().numpy()
        torch.onnx.export(model, x, folder / f"{name}.onnx", dynamo=False)
        save_file(model.state_dict(), folder / f"{name}.safetensors")
        torch.save(model.state_dict(), folder / f"{name}.pt")
        old = {"_use_new_zipfile_serialization": False}
        torch.save(model.state_dict(), folder / f"{name}.old.pt", **old)
    state = images.state_dict()
    floats = {k: v for k, v in state.items() if v.is_floating_point()}
    for kind in (torch.bfloat16, torch.float16, torch.float64):
        torch.save({k: v.to(kind) for k, v in floats.items()}, folder / f"images.{kind}.pt")
    save_file({k: v.bfloat16() for k, v in floats.items()}, folder / "images.16.safetensors")
    training = {
        "optimizer": torch.optim.Adam(images.parameters()).state_dict(),
        "best": np.float64(0.5),
        "loss": torch.tensor(0.5),
        "device": torch.device("cpu"),
        "model_state_dict": {f"module.{k}": v for k, v in state.items()},
    }
    torch.save(training, folder / "images.training.pt")
    big = torch.arange(120.0).reshape(10, 12)
    views = {"0.weight": big[:5, 2:10:2], "0.bias": big[5, :5], "1.weight": big.t()[3:5, :5]}
    views["1.bias"] = torch.ones(1).expand(2)
    torch.save(views, folder / "views.pt")
    torch.save(views, folder / "views.old.pt", _use_new_zipfile_serialization=False)
    answers |= {f"views_{i}": v.numpy() for i, v in enumerate(views.values())}
    pair = nn.ModuleDict({"encoder": nn.Linear(4, 4), "decoder": nn.Linear(4, 4)})
    save_file(pair.state_dict(), folder / "pair.safetensors")
    torch.save(images, folder / "module.pt")
    torch.save({"0.weight": torch.ones(5, 4).to_sparse()}, folder / "sparse.pt")
    torch.save({"0.weight": torch.ones(5, 4, dtype=torch.complex64)}, folder / "complex.pt")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **answers)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("answers.npz", buffer.getvalue())
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)


if __name__ == "__main__":
    main(sys.argv[1])
