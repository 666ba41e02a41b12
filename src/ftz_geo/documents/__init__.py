r"""Files of words in, one running text out, with the place of every character in the source.

Each format is read into lines; the lines are joined where only a page's width broke them. Tables come out
in one form, whatever file they stand in (:mod:`.tables`): a row is a line, its cells are separated by
tabs, every row of a table has the same number of cells. Heavy readers (lxml, openpyxl, pdfplumber,
pypdfium2) are imported when a file of theirs is met.
"""

from ftz_geo.documents.read import read_document
from ftz_geo.documents.sheets import sheets_text
from ftz_geo.documents.values import Document

__all__ = ["Document", "read_document", "sheets_text"]
