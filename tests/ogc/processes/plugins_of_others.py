"""Plug-ins as others write them: in the style of each pygeoapi, well and badly."""

import os
import time

from pygeoapi.process.base import BaseProcessor, ProcessorExecuteError

OLD = {
    "version": "0.1.0",
    "id": "old",
    "title": "Of old",
    "description": "Inputs and outputs as lists",
    "keywords": ["old"],
    "links": [],
    "inputs": [
        {
            "id": "number",
            "title": "A number",
            "input": {"literalDataDomain": {"dataType": "float", "valueDefinition": {"anyValue": True}}},
            "minOccurs": 1,
            "maxOccurs": 1,
        }
    ],
    "outputs": [{"id": "double", "title": "Twice", "output": {"formats": [{"mimeType": "application/json"}]}}],
    "example": {"inputs": [{"id": "number", "value": 2}]},
}
NEW = {
    "version": "1.0.0",
    "id": "new",
    "title": {"en": "New", "fr": "Nouveau"},
    "description": {"en": "Several outputs", "fr": "Plusieurs sorties"},
    "jobControlOptions": ["sync-execute", "async-execute"],
    "outputTransmission": ["value"],
    "inputs": {
        "words": {"title": "Words", "schema": {"type": "string"}, "minOccurs": 1, "maxOccurs": 3},
        "seconds": {"title": "Seconds", "schema": {"type": "number", "default": 0}, "minOccurs": 0},
    },
    "outputs": {
        "text": {"title": "Text", "schema": {"type": "string", "contentMediaType": "text/plain"}},
        "count": {"title": "Count", "schema": {"type": "integer"}},
        "bytes": {"title": "Bytes", "schema": {"type": "string", "contentMediaType": "image/png"}},
    },
}


class Old(BaseProcessor):
    def __init__(self, processor_def):
        super().__init__(processor_def, OLD)

    def execute(self, data):
        return "application/json", {"id": "double", "value": data["number"] * 2}


class New(BaseProcessor):
    def __init__(self, processor_def):
        super().__init__(processor_def, NEW)
        self.supports_outputs = True

    def execute(self, data, outputs=None):
        words = data["words"] if isinstance(data["words"], list) else [data["words"]]
        print("a plug-in that prints")
        time.sleep(data["seconds"])
        every = {"text": " ".join(words), "count": len(words), "bytes": b"\x89PNG\x00"}
        return "application/json", {id: every[id] for id in outputs or every}


class Bad(BaseProcessor):
    def __init__(self, processor_def):
        super().__init__(processor_def, {**NEW, "id": "bad", "inputs": {"how": {"schema": {"type": "string"}}}})

    def execute(self, data, outputs=None):
        if data["how"] == "raise":
            raise ValueError("a secret of the server")
        if data["how"] == "say":
            raise ProcessorExecuteError(user_msg="Too steep for a bicycle")
        if data["how"] == "die":
            os._exit(3)
        if data["how"] == "environment":
            return "application/json", {"text": ",".join(os.environ), "count": 1, "bytes": b""}
        time.sleep(60)


class Broken(BaseProcessor):
    def __init__(self, processor_def):
        raise RuntimeError("no")
