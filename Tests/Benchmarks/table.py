"""One line of the table that bench.py prints, and the printing."""
from dataclasses import dataclass, field


@dataclass
class Row:
    what: str
    goal: str
    reached: str
    met: bool | None  # None: skipped
    details: list = field(default_factory=list)  # a table with a head, printed before the rows

    @staticmethod
    def skipped(what, goal, why):
        return Row(what, goal, f"skipped: {why}", None)

    def cells(self):
        return [self.what, self.goal, self.reached, {True: "yes", False: "NO", None: ""}[self.met]]


def aligned(lines):
    """Markdown, in columns; the first line is the head."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    rule = ["-" * width for width in widths]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
        for line in [lines[0], rule, *lines[1:]])
