package dev.holdfast.service.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The nearest known word to a mistyped one, by edit distance. */
final class DidYouMean {

    private DidYouMean() {
    }

    /** {@code ; did you mean 'x'?}, or nothing where no word is near. */
    static String among(String typed, Collection<String> known) {
        String plain = plain(typed);
        return known.stream().min(Comparator.comparingInt(word -> distance(plain, plain(word))))
                .filter(word -> distance(plain, plain(word)) <= Math.max(1, plain.length() / 3))
                .map(word -> ", did you mean '" + word + "'?").orElse("");
    }

    private static String plain(String word) {
        return word.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(diagonal + change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
