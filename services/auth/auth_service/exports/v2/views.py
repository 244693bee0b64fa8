"""Archives of all that is held about the caller."""

from uuid import UUID

from chassis.problems import Problem
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_service.exports.selectors import exports_list
from auth_service.exports.services import export_ask
from auth_service.exports.v2.shapes import ExportShape, ExportsShape
from auth_service.users.caller import caller

NONE = OpenApiResponse(description="`export_not_found`: there is no such export of the caller's.")


class OwnExports(APIView):
    @extend_schema(request=None, responses={202: ExportShape})
    def post(self, request: Request) -> Response:
        """Have an archive made of all that is held about the caller; while one is there, it is that one."""
        now = timezone.now()
        return Response(ExportShape.of(export_ask(caller(request).id, now=now), now=now), status=202)

    @extend_schema(responses=ExportsShape)
    def get(self, request: Request) -> Response:
        """What the caller has asked for lately."""
        now = timezone.now()
        items = [ExportShape.of(export, now=now) for export in exports_list(caller(request).id)]
        return Response(ExportsShape(items=items))


class OwnExport(APIView):
    @extend_schema(responses={200: ExportShape, 404: NONE})
    def get(self, request: Request, export_id: UUID) -> Response:
        """One of them."""
        export = exports_list(caller(request).id).filter(id=export_id).first()
        if export is None:
            raise Problem(404, "export_not_found", "There is no such export of yours.")
        return Response(ExportShape.of(export, now=timezone.now()))
