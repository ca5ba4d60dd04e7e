# SPDX-License-Identifier: Apache-2.0
"""An editor that talks to a real `onnx-lsp` process, by pygls's own client; what it asks, it waits for."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.protocol import default_converter

Answer = TypeVar("Answer")
CURSOR = "|"


def _converter() -> Any:
    """One that takes code actions with commands for what they are; lsprotocol's takes them for commands."""
    make: Any = default_converter
    converter = make()
    converter.register_structure_hook(
        types.Command | types.CodeAction,
        lambda data, _: converter.structure(data, types.CodeAction),
    )
    return converter


class Editor:
    """One editor and its server.  `|` in a text that is opened is where the cursor is; it is no part of the text."""

    def __init__(
        self,
        encodings: Sequence[types.PositionEncodingKind] = (),
        options: object = None,
        snippets: bool = False,
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._client: Any = LanguageClient("editor", "1", converter_factory=_converter)
        self._told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.messages: list[str] = []
        self.outdated = 0  # how often diagnostics came that were of no use any more
        self.applied: list[types.WorkspaceEdit] = []
        self._documents = 0
        self.uri = ""
        self.version = 0
        self.cursor = types.Position(0, 0)

        def published(params: types.PublishDiagnosticsParams) -> None:
            self._told.put_nowait(params)

        def shown(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

        def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
            self.applied.append(params.edit)
            return types.ApplyWorkspaceEditResult(True)

        self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(published)
        self._client.feature(types.WINDOW_SHOW_MESSAGE)(shown)
        self._client.feature(types.WORKSPACE_APPLY_EDIT)(apply)
        item = types.ClientCompletionItemOptions(snippet_support=snippets)
        capabilities = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=list(encodings) or None),
            text_document=types.TextDocumentClientCapabilities(
                completion=types.CompletionClientCapabilities(completion_item=item)
            ),
        )
        self._wait(self._client.start_io(sys.executable, "-m", "onnx_opt.language_server.command"))
        parameters = types.InitializeParams(capabilities, initialization_options=options)
        self.server: types.ServerCapabilities = self._wait(
            self._client.initialize_async(parameters)
        ).capabilities
        self.notify(types.INITIALIZED, types.InitializedParams())

    def _wait(self, what: Coroutine[Any, Any, Answer], seconds: float = 60) -> Answer:
        return self._loop.run_until_complete(asyncio.wait_for(what, seconds))

    def notify(self, method: str, parameters: object) -> None:
        """Tell the server something that it does not answer."""

        async def send() -> None:
            self._client.protocol.notify(method, parameters)

        self._wait(send())

    def close(self) -> int:
        """Say goodbye; the server's exit code."""
        self._wait(self._client.shutdown_async(None))
        self.notify(types.EXIT, None)
        code = self._wait(self._client._server.wait())
        self._wait(self._client.stop())
        self._loop.close()
        return int(code)

    def children(self) -> list[int]:
        """The processes of the server's own."""
        pid = self._client._server.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    @property
    def is_running(self) -> bool:
        """Whether the server is."""
        return self._client._server.returncode is None

    def open(self, text: str) -> list[types.Diagnostic]:
        """Open a new document: its diagnostics."""
        before, cursor, after = text.partition(CURSOR)
        if cursor:
            lines = before.split("\n")
            self.cursor = types.Position(len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2)
            text = before + after
        self._documents += 1
        self.uri = f"file:///{os.getpid()}/{self._documents}.mlir"
        self.version = 1
        document = types.TextDocumentItem(self.uri, "mlir", self.version, text)
        self.notify(types.TEXT_DOCUMENT_DID_OPEN, types.DidOpenTextDocumentParams(document))
        return self.diagnostics()

    def change(
        self, *changes: tuple[tuple[int, int], tuple[int, int], str], wait: bool = True
    ) -> list[types.Diagnostic]:
        """Change the document, (start, end, new text) by (start, end, new text): its diagnostics."""
        self.version += 1
        document = types.VersionedTextDocumentIdentifier(version=self.version, uri=self.uri)
        parts: list[types.TextDocumentContentChangeEvent] = [
            types.TextDocumentContentChangePartial(
                types.Range(types.Position(*start), types.Position(*end)), text
            )
            for start, end, text in changes
        ]
        params = types.DidChangeTextDocumentParams(document, parts)
        self.notify(types.TEXT_DOCUMENT_DID_CHANGE, params)
        return self.diagnostics() if wait else []

    def diagnostics(self) -> list[types.Diagnostic]:
        """What the server says of the document as it is now."""
        while True:
            told = self._wait(self._told.get())
            if (told.uri, told.version) == (self.uri, self.version):
                return list(told.diagnostics)
            self.outdated += 1

    def ask(self, method: str, parameters: object) -> Any:
        """The answer to any other request."""

        async def send() -> Any:
            return await self._client.protocol.send_request_async(method, parameters)

        return self._wait(send())

    def close_document(self) -> list[types.Diagnostic]:
        """Close the document: what the server says of it from now on."""
        document = types.TextDocumentIdentifier(self.uri)
        self.notify(types.TEXT_DOCUMENT_DID_CLOSE, types.DidCloseTextDocumentParams(document))
        return list(self._wait(self._told.get()).diagnostics)

    def hover(self) -> str:
        """What is shown at the cursor."""
        params = types.HoverParams(types.TextDocumentIdentifier(self.uri), self.cursor)
        found = self.ask(types.TEXT_DOCUMENT_HOVER, params)
        return found.contents.value if found else ""

    def definition(self) -> list[types.Range]:
        """Where what is at the cursor is defined."""
        params = types.DefinitionParams(types.TextDocumentIdentifier(self.uri), self.cursor)
        return [each.range for each in self.ask(types.TEXT_DOCUMENT_DEFINITION, params)]

    def references(self, declaration: bool = True) -> list[types.Range]:
        """Where what is at the cursor is named."""
        context = types.ReferenceContext(include_declaration=declaration)
        document = types.TextDocumentIdentifier(self.uri)
        params = types.ReferenceParams(context, document, self.cursor)
        return [each.range for each in self.ask(types.TEXT_DOCUMENT_REFERENCES, params)]

    def completion(self) -> dict[str, types.CompletionItem]:
        """What could be typed at the cursor, by labels."""
        params = types.CompletionParams(types.TextDocumentIdentifier(self.uri), self.cursor)
        found = self.ask(types.TEXT_DOCUMENT_COMPLETION, params)
        return {item.label: item for item in found}

    def symbols(self) -> list[types.DocumentSymbol]:
        """The outline."""
        params = types.DocumentSymbolParams(types.TextDocumentIdentifier(self.uri))
        return list(self.ask(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, params))

    def format(self) -> list[types.TextEdit]:
        """The changes that format the document."""
        options = types.FormattingOptions(2, True)
        params = types.DocumentFormattingParams(types.TextDocumentIdentifier(self.uri), options)
        return list(self.ask(types.TEXT_DOCUMENT_FORMATTING, params) or [])

    def actions(self) -> list[types.CodeAction]:
        """What can be done at the cursor."""
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(self.uri),
            types.Range(self.cursor, self.cursor),
            types.CodeActionContext([]),
        )
        return list(self.ask(types.TEXT_DOCUMENT_CODE_ACTION, params))

    def run(self, action: types.CodeAction) -> None:
        """Do what an action says."""
        assert action.command
        params = types.ExecuteCommandParams(
            action.command.command, arguments=action.command.arguments
        )
        self.ask(types.WORKSPACE_EXECUTE_COMMAND, params)
