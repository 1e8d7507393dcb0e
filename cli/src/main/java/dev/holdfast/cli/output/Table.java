package dev.holdfast.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Columns as wide as their widest cell; numbers end flush where the heading begins with '>'. */
public final class Table {

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        this.headings = List.of(headings);
    }

    public Table row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(headings.size() + " headings, " + cells.length + " cells");
        }
        rows.add(List.of(cells));
        return this;
    }

    public List<String> lines() {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = width(heading(column));
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(java.util.stream.IntStream.range(0, widths.length).mapToObj(this::heading).toList(), widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - width(cells.get(column)));
            boolean flushRight = headings.get(column).startsWith(">");
            line.append(flushRight ? padding + cells.get(column) : cells.get(column) + padding).append("  ");
        }
        return line.toString().stripTrailing();
    }

    private String heading(int column) {
        String heading = headings.get(column);
        return heading.startsWith(">") ? heading.substring(1) : heading;
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
