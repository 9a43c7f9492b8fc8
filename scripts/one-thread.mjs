// Loaded before anything else into the processes of the tests: ONNX Runtime uses one thread there, unless a test asks for more. The processes
// share the cores, and threads that wait for work keep a core busy. Programs that tests start use all cores, as for everyone.
import os from 'node:os';
import { syncBuiltinESMExports } from 'node:module';

os.availableParallelism = () => 1;
syncBuiltinESMExports();
