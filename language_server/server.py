# SPDX-License-Identifier: Apache-2.0
"""The server: which question of the protocol is answered by what."""

from __future__ import annotations

from typing import Any, Protocol, cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from .. import __version__
from .actions import GENERATE_CHECKS, RUN_PASS, code_actions, run_pass
from .check_lines import write_check_lines
from .completion import TRIGGERS, completion, resolved
from .diagnostics import Diagnostics
from .document import Document
from .formatting import format_document
from .hover import hover
from .navigation import definition, outline, references
from .outcome import Outcome
from .text import Encoding, Text
from .workers import Worker


class AtPosition(Protocol):
    """What names a position in a document."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


class Server(LanguageServer):
    """One server for one editor.

    documents: those that are open, by their URIs, each as it is now.
    """

    def __init__(self) -> None:
        super().__init__("onnx-lsp", __version__)  # pyright: ignore[reportUnknownMemberType]
        self.documents: dict[str, Document] = {}
        self.worker = Worker()
        self.diagnostics = Diagnostics(self.worker, self.text_document_publish_diagnostics)

    def update(self, uri: str, version: int | None, text: Text) -> None:
        """Take a document as it is now."""
        document = Document(uri, version, text, self.documents.get(uri))
        self.documents[uri] = document
        self.diagnostics.changed(document)

    def at(self, params: AtPosition) -> tuple[Document, int] | None:
        """The document that is asked about, and the offset in it; None if it is not open."""
        document = self.documents.get(params.text_document.uri)
        return (document, document.text.offset(params.position)) if document else None

    async def conclude(self, document: Document, outcome: Outcome) -> None:
        """Tell what came of an action, and change the document, unless somebody has meanwhile."""
        if outcome.edits and self.documents.get(document.uri) is document:
            edit = types.WorkspaceEdit({document.uri: outcome.edits})
            await self.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit))
        self.tell(outcome.message)

    def tell(self, message: str) -> None:
        """Show a message to the user."""
        params = types.ShowMessageParams(types.MessageType.Info, message)
        self.window_show_message(params)


def make_server() -> Server:
    """A server that answers all that it can."""
    server = Server()
    _follow_documents(server)
    _answer_questions(server)
    _act(server)
    return server


def _follow_documents(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        await server.worker.start()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        given = params.initialization_options
        options = cast("dict[str, Any]", given if isinstance(given, dict) else {})
        allow = options.get("allowUnregisteredDialect") is True
        server.diagnostics.allow_unregistered_dialect = allow

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        encoding = server.server_capabilities.position_encoding or Encoding.Utf16
        text = Text(document.text, encoding)
        server.update(document.uri, document.version, text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        if before := server.documents.get(document.uri):
            text = before.text.changed(params.content_changes)
            server.update(document.uri, document.version, text)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.documents.pop(params.text_document.uri, None)
        server.diagnostics.closed(params.text_document.uri)

    @server.feature(types.SHUTDOWN)
    async def shutdown(_: None) -> None:
        await server.worker.stop()


def _answer_questions(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def on_hover(params: types.HoverParams) -> types.Hover | None:
        place = server.at(params)
        return hover(*place) if place else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def on_definition(params: types.DefinitionParams) -> list[types.Location]:
        place = server.at(params)
        return definition(*place) if place else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def on_references(params: types.ReferenceParams) -> list[types.Location]:
        place = server.at(params)
        wanted = params.context.include_declaration
        return references(*place, declaration=wanted) if place else []

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def on_symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        document = server.documents.get(params.text_document.uri)
        return outline(document) if document else []

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=TRIGGERS, resolve_provider=True),
    )
    def on_completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        place = server.at(params)
        return completion(*place, snippets=_takes_snippets(server)) if place else []

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    def on_resolve(item: types.CompletionItem) -> types.CompletionItem:
        return resolved(item)


def _takes_snippets(server: Server) -> bool:
    text_document = server.client_capabilities.text_document
    completions = text_document.completion if text_document else None
    item = completions.completion_item if completions else None
    return bool(item and item.snippet_support)


def _act(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    async def on_formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        document = server.documents.get(params.text_document.uri)
        if document is None:
            return None
        edits, left = await format_document(document, server.worker)
        if left:
            server.tell("left as they are: " + "; ".join(left))
        # What was typed meanwhile counts.
        return edits if server.documents.get(document.uri) is document else None

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions([types.CodeActionKind.RefactorRewrite]),
    )
    def on_code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        document = server.documents.get(params.text_document.uri)
        if document is None:
            return []
        return code_actions(document, document.text.offset(params.range.start))

    @server.command(RUN_PASS)
    async def on_run_pass(uri: str, line: int, argument: str) -> None:
        document = server.documents.get(uri)
        if document is None:
            return
        await server.conclude(document, await run_pass(document, line, argument, server.worker))

    @server.command(GENERATE_CHECKS)
    async def on_generate_checks(uri: str) -> None:
        document = server.documents.get(uri)
        if document is not None:
            await server.conclude(document, await write_check_lines(document.text))
