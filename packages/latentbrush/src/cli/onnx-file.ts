/** Whether a backbone is a file of the person's own. */
export function isOnnx(backbone: string): boolean {
  return backbone.toLowerCase().endsWith('.onnx');
}
