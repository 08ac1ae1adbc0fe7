"""CSVLogger, RemoteMonitor and LambdaCallback."""

import json
import threading
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import numpy as np
import pytest

from jaxcnn import callbacks as cb


def rows(path):
    return path.read_text().splitlines()


def test_header_is_epoch_and_sorted_names(fit, tmp_path):
    path = tmp_path / "log" / "training.csv"
    fit(
        [cb.CSVLogger(path)],
        [{"val_loss": 0.5, "loss": 0.25, "acc": 1.0}, {"val_loss": 2.0, "loss": 3.0, "acc": 4.0}],
    )
    assert path.read_bytes() == b"epoch,acc,loss,val_loss\r\n0,1.0,0.25,0.5\r\n1,4.0,3.0,2.0\r\n"


def test_separator_and_arrays(fit, tmp_path):
    path = tmp_path / "log.tsv"
    logs = {"pair": np.array([1, 2]), "zero": np.array(3.0), "word": "ok"}
    fit([cb.CSVLogger(path, separator="\t")], [logs], metrics=[])
    assert rows(path) == ["epoch\tpair\tword\tzero", '0\t"""[1, 2]"""\tok\t3.0']


def test_appending_writes_no_second_header(fit, tmp_path):
    path = tmp_path / "log.csv"
    for append in (False, True, True):
        fit([cb.CSVLogger(path, append=append)], [{"loss": 1.0}])
    assert rows(path) == ["epoch,loss", "0,1.0", "0,1.0", "0,1.0"]
    fit([cb.CSVLogger(path)], [{"loss": 2.0}])
    assert rows(path) == ["epoch,loss", "0,2.0"]


def test_appending_keeps_the_columns_of_the_file(fit, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("epoch,val_loss,accuracy\r\n0,1.0,0.5\r\n")
    with pytest.warns(RuntimeWarning, match="has no column for f1; not written"):
        fit([cb.CSVLogger(path, append=True)], [{"acc": 0.75, "f1": 0.1}])
    assert rows(path)[-1] == "0,NA,0.75"


def test_values_reported_now_and_then(fit, tmp_path):
    path = tmp_path / "log.csv"
    logs = [{"loss": 1.0}, {"loss": 2.0, "val_loss": 3.0}]
    fit([cb.CSVLogger(path)], logs, metrics=["loss", "val_loss"], do_validation=True)
    assert rows(path) == ["epoch,loss,val_loss", "0,1.0,NA", "1,2.0,3.0"]


def test_rows_are_in_the_file_at_the_end_of_each_epoch(fit, tmp_path):
    path, seen = tmp_path / "log.csv", []
    look = cb.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(len(rows(path))))
    fit([cb.CSVLogger(path), look], [{"loss": 1.0}] * 3)
    assert seen == [2, 3, 4]


def test_resuming_drops_the_rows_after_the_saved_state(fit, tmp_path):
    path = tmp_path / "log.csv"
    fit([cb.CSVLogger(path)], [{"loss": 0.0}, {"loss": 1.0}])
    states = json.loads(json.dumps(fit.states[0])), {}
    with path.open("a") as file:
        file.write("2,9.0\r\n")  # an epoch that the saved state does not know
    fit([cb.CSVLogger(path)], [{"loss": 2.0}], initial_epoch=2, states=states)
    assert rows(path) == ["epoch,loss", "0,0.0", "1,1.0", "2,2.0"]


def test_a_path_that_cannot_be_written_fails_before_training(fit, tmp_path):
    with pytest.raises(IsADirectoryError):
        fit([cb.CSVLogger(tmp_path)], [{"loss": 1.0}])


@pytest.fixture
def server():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.server.requests.append((self.path, self.headers, body))
            self.send_response(self.server.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.requests, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_remote_monitor_posts_a_form_with_json(fit, server):
    root = f"http://127.0.0.1:{server.server_port}"
    fit([cb.RemoteMonitor(root)], [{"loss": np.float32(0.5), "acc": 0.25}] * 2)
    path, headers, body = server.requests[1]
    assert (
        path == "/publish/epoch/end/"
        and headers["Content-Type"] == headers["Accept"] == "application/json"
    )
    assert json.loads(parse_qs(body)["data"][0]) == {"epoch": 1, "loss": 0.5, "acc": 0.25}


def test_remote_monitor_path_field_and_headers(fit, server):
    root = f"http://127.0.0.1:{server.server_port}"
    fit([cb.RemoteMonitor(root, path="/x", field="f", headers={"X-Key": "7"})], [{"loss": 1.0}])
    path, headers, body = server.requests[0]
    assert path == "/x" and headers["X-Key"] == "7" and body.startswith("f=")
    fit([cb.RemoteMonitor(root, send_as_json=True)], [{"loss": 1.0}])
    assert json.loads(server.requests[1][2]) == {"epoch": 0, "loss": 1.0}


def test_a_server_that_refuses_or_is_not_there_warns_once(fit, server):
    root = f"http://127.0.0.1:{server.server_port}"
    server.status = 500
    with pytest.warns(
        RuntimeWarning, match=f"could not reach the server at {root}: HTTP Error 500"
    ) as caught:
        fit([cb.RemoteMonitor(root)], [{"loss": 1.0}] * 3)
    assert len(caught) == 1 and len(server.requests) == 3
    with pytest.warns(
        RuntimeWarning, match="could not reach the server at http://127.0.0.1:9: "
    ) as caught:
        fit([cb.RemoteMonitor("http://127.0.0.1:9")], [{"loss": 1.0}] * 3)
    assert len(caught) == 1


def test_remote_monitor_speaks_http_only():
    with pytest.raises(ValueError, match="root must begin with http"):
        cb.RemoteMonitor("file:///etc")


def test_lambda_callback_calls_what_it_was_given(fit):
    calls = []
    callback = cb.LambdaCallback(
        on_train_begin=lambda logs: calls.append("train_begin"),
        on_epoch_begin=lambda epoch, logs: calls.append(f"epoch_begin {epoch}"),
        on_batch_begin=lambda batch, logs: calls.append(f"batch_begin {batch}"),
        on_batch_end=lambda batch, logs: calls.append(f"batch_end {batch} {logs['loss']}"),
        on_epoch_end=lambda epoch, logs: calls.append(f"epoch_end {epoch} {logs['loss']}"),
        on_train_end=lambda logs: calls.append("train_end"),
    )
    fit([callback], [{"loss": 1.0}])
    assert calls == [
        "train_begin",
        "epoch_begin 0",
        "batch_begin 0",
        "batch_end 0 1.0",
        "batch_begin 1",
        "batch_end 1 1.0",
        "epoch_end 0 1.0",
        "train_end",
    ]


def test_lambda_callback_asks_for_batches_only_with_a_batch_function():
    assert not cb.overrides_batch_hooks(cb.LambdaCallback(on_epoch_end=lambda epoch, logs: None))
    assert cb.overrides_batch_hooks(cb.LambdaCallback(on_batch_begin=lambda batch, logs: None))
    assert cb.overrides_batch_hooks(cb.LambdaCallback(on_batch_end=lambda batch, logs: None))


def test_lambda_callback_refuses_unknown_hooks():
    with pytest.raises(TypeError, match="on_epoch_finish"):
        cb.LambdaCallback(on_epoch_finish=print)


def test_nothing_warns_in_a_plain_run(fit, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit([cb.CSVLogger(tmp_path / "a.csv"), cb.LambdaCallback()], [{"loss": 1.0}])


def test_a_file_in_another_encoding_is_named(tmp_path):
    (tmp_path / "log.csv").write_bytes(b"epoch,l\xfcss\n")
    logger = cb.CSVLogger(tmp_path / "log.csv", append=True)
    logger.on_train_begin()
    with pytest.raises(ValueError, match=r"log\.csv is damaged or not a CSV file in UTF-8"):
        logger.on_epoch_end(0, {"loss": 1.0})
