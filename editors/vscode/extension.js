// SPDX-License-Identifier: Apache-2.0
// Starts onnx-lsp for files of MLIR, and stops it.

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function activate() {
  const settings = workspace.getConfiguration("onnxLsp");
  client = new LanguageClient(
    "onnx-lsp",
    { command: settings.get("command") },
    {
      documentSelector: [{ language: "mlir" }],
      initializationOptions: {
        allowUnregisteredDialect: settings.get("allowUnregisteredDialect"),
      },
    },
  );
  return client.start();
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
