export { InputError } from '@latentbrush/engine';
