"""Run by the QGIS of the distribution: searches a catalogue with its own MetaSearch dialog, prints what it lists."""

import json
import os
import sys
from unittest.mock import Mock

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.append("/usr/share/qgis/python/plugins")

from qgis.core import QgsApplication, QgsSettings  # type: ignore[import-not-found]
from qgis.gui import QgsMapCanvas  # type: ignore[import-not-found]
from qgis.PyQt.QtWidgets import QMessageBox  # type: ignore[import-not-found]


def main() -> None:
    """`metasearch_reader.py URL WORDS`."""
    url, words = sys.argv[1:3]
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], True)
    application.initQgis()
    from MetaSearch.dialogs.maindialog import MetaSearchDialog  # type: ignore[import-not-found]

    said: list[str] = []
    QMessageBox.warning = lambda *words: said.append(str(words[-1]))
    QgsSettings().setValue("/MetaSearch/essai/url", url)
    QgsSettings().setValue("/MetaSearch/selected", "essai")
    canvas = QgsMapCanvas()
    dialog = MetaSearchDialog(Mock(mapCanvas=lambda: canvas))
    dialog.cmbConnectionsSearch.setCurrentText("essai")
    dialog.spnTimeout.setValue(60)
    dialog.leKeywords.setText(words)
    dialog.search()
    tree = dialog.treeRecords
    found = [tree.topLevelItem(row).text(1) for row in range(tree.topLevelItemCount())]
    print(json.dumps({"said": said, "results": dialog.lblResults.text(), "found": found}), flush=True)
    os._exit(0)


main()
