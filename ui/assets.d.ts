// SPDX-License-Identifier: Apache-2.0
// The bundler takes style sheets out; they export nothing.
declare module "*.css";
