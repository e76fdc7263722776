/** Files that a tool writes. */
const generated = [
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|go\.sum|poetry\.lock|uv\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock|flake\.lock|mix\.lock|packages\.lock\.json|gradle\.lockfile|Podfile\.lock|Package\.resolved|Cartfile\.resolved|pubspec\.lock|pdm\.lock|rebar\.lock|deno\.lock|\.terraform\.lock\.hcl|cabal\.project\.freeze|[\w-]+\.ya?ml\.lock)$/,
  /\.min\.(?:js|css)$|\.snap$|\.pb\.go$|_pb2\.py$|\.pot?$/,
  /(?:^|\/)(?:dist|vendor|node_modules|third_party)\//,
  /(?:^|\/)[^/]*zz_generated/,
];

/** Whether a tool writes this file: merging it as text gives something that no tool would have written. */
export function isGenerated(path: string): boolean {
  return generated.some((shape) => shape.test(path));
}
