/** The version of the files that the engine writes: operator set and file format of ONNX 1.12. The engine's operators are those of that version. */
export const WRITTEN = { opset: 17, ir: 8n };

/** Oldest and newest readable version of ONNX's operator set (ONNX 1.1 of 2018 to 1.23 of 2026). */
export const READABLE_OPSETS = { oldest: 6, newest: 28 };
