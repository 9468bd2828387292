/** Texts that must never become part of an API path; each has done harm somewhere. */
export const naughty: readonly string[] = [
  // Empty and dotted: the whole collection, the namespace, another resource (facts/kubernetes.md section 1).
  ...["", " ", ".", "..", "...", "./", "../", "..;", ".;/", "a/..", "..a", "a..b", ".a", "a.", "-", "-a", "a-", "a.-b"],
  // Path traversal, plain and encoded once or twice.
  ...["../../pods", "api/../../../secrets", "/", "//", "a/b", "a//b", "\\", "..\\..", "a\\b", "/api/v1/secrets"],
  ...["%2e", "%2e%2e", "%2E%2E", "%252e%252e", "..%2f", "%2e%2e%2f", "..%c0%af", "%2f", "%2F", "a%2fb", "%5c", "%00"],
  // Ends of a path, of a line, of a header, of a string.
  ...[
    "?",
    "api?dryRun=All",
    "#",
    "api#x",
    ";",
    "api;a=b",
    "&",
    "=",
    "api\u0000",
    "\u0000",
    "api\n",
    "\n",
    "api\r\nX-A: b",
  ],
  ...["api\t", "\u000b", "\u0007", "\u007f", "\u0085", "\u2028", "\u2029", "api\u0020"],
  // Unicode: look-alikes, bidi overrides, joiners, halves of pairs, what folds or normalises into ASCII.
  ...[
    "ａｐｉ",
    "аpi",
    "ＡＰＩ",
    "\u202eipa",
    "\u2066api\u2069",
    "a\u200dpi",
    "a\u00adpi",
    "\ufeffapi",
    "é",
    "e\u0301",
    "ﬁ",
    "ſ",
  ],
  ...["K", "İ", "ı", "ß", "。", "．", "․", "／", "∕", "⁄", "\ud800", "\udfff", "😀", "١٢٣", "api\u00a0", "​"],
  // Case, length, and words that mean something elsewhere.
  ...["API", "Api", "a_b", "a:b", "a@b", "a b", "a,b", "a*", "*", "~", "$(id)", "`id`", "$x", "{name}", "{namespace}"],
  ...[
    "a".repeat(64),
    "a".repeat(254),
    `${"a.".repeat(127)}a`,
    "a".repeat(10_000),
    "__proto__",
    "'",
    '"',
    "<b>",
    "!",
    "+",
  ],
];
